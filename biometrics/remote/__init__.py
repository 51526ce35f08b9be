"""Faces looked at on other machines: a frame goes through Valkey sealed, a task carries its id, no more.

`asking.Remote` is the web process's side, `serving` the face worker's. Both ends are this house; what lies
between them may read nothing.
"""
