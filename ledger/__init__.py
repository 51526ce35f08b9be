"""The tamper-evident record, the policy counter and the outbox of each company.

Owns what was done (deeds), how batches of rows are sealed into signed checkpoints, which number the policy
stands at, and the announcements that must outlive a crash. Refuses to know what a door, a holder or a reader
is: actors are opaque strings, subjects of deeds are a kind and a handle, and the leaves of other rooms come
from a registry.
"""
