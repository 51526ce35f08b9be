-- Copies a schema with its rows: tables, identity counters, constraints, indexes and triggers under their own
-- names. What it does not know how to copy it refuses. One statement of the caller's transaction, no lock beyond
-- the catalogue's: companies can be cloned side by side.
CREATE OR REPLACE FUNCTION public.clone_company(source name, target name) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $body$
DECLARE
  origin oid;
  odd text;
  item record;
  later text[] := '{}';
  statement text;
BEGIN
  SELECT oid INTO STRICT origin FROM pg_namespace WHERE nspname = source;

  SELECT string_agg(what, ', ') INTO odd FROM (
    SELECT 'relation ' || relname AS what FROM pg_class
      WHERE relnamespace = origin AND (relkind NOT IN ('r', 'i', 'S', 't') OR relrowsecurity OR relispartition)
    UNION ALL
    SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = origin
    UNION ALL
    SELECT 'type ' || typname FROM pg_type WHERE typnamespace = origin AND typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT 'sequence ' || c.relname FROM pg_class c
      WHERE c.relnamespace = origin AND c.relkind = 'S' AND NOT EXISTS (
        SELECT 1 FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'trigger ' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = origin AND NOT t.tgisinternal AND t.tgenabled <> 'O'
  ) AS found;
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION 'clone_company cannot copy: %', odd;
  END IF;

  EXECUTE format('CREATE SCHEMA %I', target);

  FOR item IN SELECT oid, relname FROM pg_class WHERE relnamespace = origin AND relkind = 'r' ORDER BY relname LOOP
    EXECUTE format(
      'CREATE TABLE %1$I.%2$I (LIKE %3$I.%2$I INCLUDING ALL EXCLUDING INDEXES)', target, item.relname, source);
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO statement
      FROM pg_attribute
      WHERE attrelid = item.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format(
      'INSERT INTO %1$I.%2$I (%4$s) OVERRIDING SYSTEM VALUE SELECT %4$s FROM %3$I.%2$I',
      target, item.relname, source, statement);
  END LOOP;

  FOR item IN SELECT relname FROM pg_class WHERE relnamespace = origin AND relkind = 'S' LOOP
    EXECUTE format(
      'SELECT setval(%L, last_value, is_called) FROM %I.%I',
      format('%I.%I', target, item.relname), source, item.relname);
  END LOOP;

  -- With the source alone on the path PostgreSQL spells its names bare and all others in full; run with the
  -- target on the path, the same words make the same thing there. Nothing is replaced in any text.
  PERFORM set_config('search_path', quote_ident(source), true);
  FOR item IN
    SELECT 1 AS rank, k.conname AS name,
        format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid, true)) AS ddl
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE c.relnamespace = origin AND k.contype IN ('p', 'u', 'x')
    UNION ALL
    SELECT 2, i.relname, pg_get_indexdef(x.indexrelid, 0, true)
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE i.relnamespace = origin
        AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
        AND EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = x.indrelid AND c.relkind = 'r')
    UNION ALL
    SELECT 3, k.conname,
        format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid, true))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE c.relnamespace = origin AND k.contype = 'f'
    UNION ALL
    SELECT 4, t.tgname, pg_get_triggerdef(t.oid, true)
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = origin AND NOT t.tgisinternal
    ORDER BY 1, 2
  LOOP
    later := later || item.ddl;
  END LOOP;
  PERFORM set_config('search_path', quote_ident(target), true);
  FOREACH statement IN ARRAY later LOOP
    EXECUTE statement;
  END LOOP;
END
$body$;
