"""Pages of people and phones, and the wallet."""
