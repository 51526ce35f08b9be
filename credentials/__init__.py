"""Who carries what: holders, their credential, their phones, and how a phone comes to be trusted.

Knows nothing of doors, schedules or levels: `Credential.profile` is a number that access writes and a code
carries.
"""
