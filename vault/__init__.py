"""Keys: root, company and subject keys, key sets for codes, encrypted fields, blind and name indexes.

Only wrapped keys are stored, and a person's key lies in a database of its own. Owns the Subject row that
stands for a person; refuses to know who that person is.
"""
