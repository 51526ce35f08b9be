"""What kiosks and phones call."""
