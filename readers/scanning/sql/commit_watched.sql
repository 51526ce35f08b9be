-- A batch with events at doors into or out of areas that keep watch: who is inside is looked at under the area's lock,
-- then the batch is written as any other, then who went in or out. Batches without such an event never come here.

CREATE OR REPLACE FUNCTION public.install_commit_watched(target name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $install$
BEGIN
  EXECUTE format($outer$
CREATE OR REPLACE FUNCTION %1$I.commit_watched(
    company integer, want_epoch integer, want_seq bigint, batch_id uuid, events public.scan_row[], moves json,
    OUT epoch integer, OUT seq bigint, OUT unlike text)
LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  one record;
BEGIN
  -- The policy's lock first, as everywhere; then the areas' in their order, so that nobody waits in a circle.
  PERFORM pg_advisory_xact_lock_shared(7, company);
  FOR one IN SELECT DISTINCT m.area FROM json_to_recordset(moves) AS m(area bigint) ORDER BY m.area LOOP
    PERFORM pg_advisory_xact_lock((company::bigint << 32) | one.area);
  END LOOP;
  -- A statement of its own, so with a snapshot younger than the locks. Is somebody inside who was not when this was
  -- decided, or the other way round, or the last place gone: nothing is written, and it is decided again.
  IF EXISTS (
    SELECT FROM json_to_recordset(moves) AS m(n int, area bigint, enters bool, since bigint, capacity int, is_full bool)
      JOIN unnest(events) e ON e.n = m.n
      LEFT JOIN %1$I.credentials_credential c ON c.handle = e.credential
      LEFT JOIN %1$I.access_presence p ON p.area_id = m.area AND p.holder_id = c.holder_id AND p.inside
     WHERE m.enters AND (
       floor(extract(epoch FROM p.at))::bigint IS DISTINCT FROM m.since
       OR p.id IS NULL AND m.capacity IS NOT NULL AND m.is_full <> (m.capacity <= (
            SELECT count(*) FROM %1$I.access_presence o WHERE o.area_id = m.area AND o.inside)))
  ) THEN
    epoch := 0;
    seq := 0;
    RETURN;
  END IF;

  SELECT w.epoch, w.seq, w.unlike INTO epoch, seq, unlike
    FROM %1$I.commit_scans(company, want_epoch, want_seq, batch_id, events) w;
  IF epoch <> want_epoch OR seq <> want_seq THEN
    RETURN;
  END IF;

  -- Only what stands as granted by this very batch moves anybody: a repetition or a used code does not.
  INSERT INTO %1$I.access_secondentry (area_id, holder_id, access_point, device, first_event, second_event, at)
  SELECT p.area_id, p.holder_id, x.access_point, x.device, p.event, x.id, x.at
    FROM json_to_recordset(moves) AS m(n int, area bigint, again bool)
    JOIN %1$I.access_accessevent x ON x.batch = batch_id AND x.batch_index = m.n AND x.granted
    JOIN %1$I.credentials_credential c ON c.handle = x.credential
    JOIN %1$I.access_presence p ON p.area_id = m.area AND p.holder_id = c.holder_id AND p.inside
   WHERE m.again AND p.event IS NOT NULL;
  INSERT INTO %1$I.access_presence AS p (area_id, holder_id, inside, at, event)
  SELECT m.area, c.holder_id, m.enters, x.at, x.id
    FROM json_to_recordset(moves) AS m(n int, area bigint, enters bool)
    JOIN %1$I.access_accessevent x ON x.batch = batch_id AND x.batch_index = m.n AND x.granted
    JOIN %1$I.credentials_credential c ON c.handle = x.credential
  ON CONFLICT (area_id, holder_id) DO UPDATE
    SET inside = excluded.inside, at = excluded.at, event = excluded.event;
END $f$
$outer$, target);
END $install$;
