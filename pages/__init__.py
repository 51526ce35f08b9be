"""Pages that show several rooms at once: the public site, the console's overview, a person, events, search.

Owns the frame and the parts of every page (templates/components). Has no models and refuses to write: each
deed is a service of the room that owns the fact.
"""
