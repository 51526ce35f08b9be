"""Companies: their hosts, schemas, sign-up, life cycle, and the company a piece of work runs for.

Owns which company is current, for requests, tasks and sockets alike. Refuses to know what is inside a
company: the other apps hang their steps into the life cycle and their rows into the company's schema.
"""
