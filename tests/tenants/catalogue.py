"""What a schema is made of, as PostgreSQL's own words with the schema's name taken out."""

import re

from django.db import connection

# PostgreSQL reads a cast of a list and writes it into the list (dumps show the same): one meaning.
CASTS = re.compile(r"::(character varying|text)(\[\])?|[()]")

QUERIES = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, a.attstorage, a.attcompression, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' ORDER BY 1, a.attnum""",
    "constraints": """
        SELECT k.conrelid::regclass::text, k.conname, k.contype, k.condeferrable, k.condeferred,
               k.convalidated, pg_get_constraintdef(k.oid)
        FROM pg_constraint k WHERE k.connamespace = %s::regnamespace ORDER BY 1, 2""",
    "indexes": """
        SELECT i.relname, x.indisunique, x.indisprimary, x.indimmediate, x.indisvalid,
               pg_get_indexdef(x.indexrelid, 0, true)
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE i.relnamespace = %s::regnamespace ORDER BY 1""",
    "triggers": """
        SELECT c.relname, t.tgname, t.tgenabled, t.tgdeferrable, t.tginitdeferred,
               pg_get_triggerdef(t.oid, true)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal ORDER BY 1, 2""",
    "sequences": """
        SELECT c.relname, s.seqstart, s.seqincrement, s.seqmax, s.seqmin,
               s.seqcycle
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE c.relnamespace = %s::regnamespace ORDER BY 1""",
    "relations": """
        SELECT relname, relkind, relpersistence, reloptions FROM pg_class
        WHERE relnamespace = %s::regnamespace ORDER BY 1""",
}


def describe(schema: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the catalogue that makes the schema what it is, comparable between schemas."""
    found = {}
    with connection.cursor() as cursor:
        # Bare names everywhere: what is left qualified really points out of the schema.
        cursor.execute("SELECT set_config('search_path', %s, true)", [f'"{schema}"'])
        for kind, query in QUERIES.items():
            cursor.execute(query, [schema])
            found[kind] = [tuple(map(_plain, row)) for row in cursor.fetchall()]
        cursor.execute("SELECT set_config('search_path', 'public', true)")
    return found


def _plain(value: object) -> object:
    return CASTS.sub("", value) if isinstance(value, str) else value
