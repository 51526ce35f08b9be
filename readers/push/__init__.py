"""Live push: the sockets of readers in this process, one room per company.

A room listens once, reads what changed once, and loops over its own sockets. Acknowledgements come back
one by one and are stored by the batch. When nothing announces changes any more, the room looks for itself.
"""
