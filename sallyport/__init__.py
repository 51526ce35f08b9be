"""The pure core: codes, rules, signatures, canonical bytes.

Owns every format that leaves the house and every decision about a door. Plain functions and frozen
dataclasses; time is an argument; no input or output, no Django, no settings. Server and reader program run
this same code, so it refuses to know which of them it runs in.
"""
