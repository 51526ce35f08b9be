"""Runs Sallyport on one machine with an embedded PostgreSQL and Valkey. Imports none of the rooms."""
