"""Faces: the engine that finds and measures them, what is kept of an enrolled one, and whether two agree.

Knows holders by their number. Refuses to know which door asked and why it asks, and keeps no picture: frames
live in the memory of one process until they are answered.
"""
