"""The way of a scan (DESIGN section 4): from a signed request to a committed event and a signed answer.

Owns the callable in front of Django, the process's copies of policy, and the batches. It knows no serializer
and no queryset on the way of a scan; it refuses to answer before PostgreSQL has committed.
"""
