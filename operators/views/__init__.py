"""Pages of sign-in, second factor, passwords and operators."""
