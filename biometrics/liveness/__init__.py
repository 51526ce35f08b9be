"""Liveness sessions: whether a living face followed what the server drew, step by step.

A pure state machine over `Observation`s: time, randomness and the history of frames are arguments, the state
is a frozen value that goes to bytes and back and holds no picture. Owns the steps and what counts as having
followed them; refuses to know which engine looks, the store and the network. docs/liveness.md says what each
check catches and what none does.
"""
