"""The reader program, against a server that speaks the real protocol and can be made to fail."""
