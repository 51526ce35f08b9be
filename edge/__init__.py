"""The reader program: a camera or scanner in front of a door, a relay behind it, and a network that may fail.

Owns what a reader does by itself: its key, its disk, going over to deciding alone and coming back. It runs
`sallyport.offline` and `sallyport.rules` as they are and knows no room of the server.
"""
