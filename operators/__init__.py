"""Who signs in to the console: operators, their roles, passwords, second factors and recovery codes.

Owns who may do what (permissions.py) and proves it on every route. Refuses to know what a holder, a door or a
reader is: permissions are words that the rooms above attach to their views.
"""
