"""Console pages of the compliance officer."""
