"""What surrounds the product: the launcher for one machine, the tour, and scripts of the makers."""
