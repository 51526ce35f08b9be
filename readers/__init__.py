"""The readers at the doors: who they are, what they have applied, what they saw open.

Owns the registry of readers, their pairing, the socket that pushes policy to them, their signed
acknowledgements and their witness of checkpoints. `readers.scanning` owns the way of a scan.
Refuses to know why a policy changed or what a rule says: it carries numbers and handles only.
"""
