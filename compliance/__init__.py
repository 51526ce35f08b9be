"""What people were told of their data, what they agreed to, and what the law asks before a face is used.

Owns notices, consents and acknowledgements, and the company's choices about them. Knows a person as a
Subject and a number that the rooms above give; refuses to know who that is, what a phone is, or what a face
looks like.
"""
