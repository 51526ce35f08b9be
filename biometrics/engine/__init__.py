"""Pictures to vectors, in processes of their own: no Django, no company, no person, nothing kept.

`pool.Pool` is what the house calls; `interface.FaceEngine` is what an engine is.
"""
