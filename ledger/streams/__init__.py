"""The record outside of the house: checkpoints to witnesses, entries to a company's security monitoring.

A stream has a cursor, which moves after the other side has taken what was sent: everything arrives in its
order and at least once. This package decides what leaves and to which addresses we connect at all; it knows
nothing of persons, and nothing personal leaves by it.
"""
