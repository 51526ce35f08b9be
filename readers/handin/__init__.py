"""What a reader decided alone, handed in: believed as far as it can be checked again, else kept apart."""
