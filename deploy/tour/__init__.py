"""A stranger's walk through a running Sallyport: real requests, real sockets, own keys.

Knows the core alone.
"""
