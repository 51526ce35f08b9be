"""Argon2 as in production, made cheap: what it hashes, a real system verifies."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    """The smallest cost that Argon2 allows."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
