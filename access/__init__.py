"""Where people may go, and what happened there.

Owns sites, areas, doors and their two sides (access points), schedules, special days, access levels, grants,
profiles and the access events. It writes `Credential.profile` as an opaque number and knows a reader only by
its handle: it refuses to know how a code is made, how it is read, and what a reader is.
"""
