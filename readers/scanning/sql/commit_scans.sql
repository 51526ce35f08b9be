-- What one batch of scans of one company does in the database (docs/architecture.md and docs/adr/policy-counter.md say why).

-- One event as the hot path hands it over: as it was decided, and what is different should its code prove used.
DO $$
BEGIN
  -- Schemas migrate side by side, and PostgreSQL has no CREATE TYPE IF NOT EXISTS.
  PERFORM pg_advisory_xact_lock(11, 0);
  IF to_regtype('public.scan_row') IS NULL THEN
    CREATE TYPE public.scan_row AS (
      n integer, reader integer, counter bigint, at timestamptz, reader_at timestamptz, access_point integer,
      credential bigint, device bigint, profile integer, issued bigint, nonce bigint, code_hash bytea,
      granted boolean, reason text, opened boolean, assurance smallint, facts text,
      leaf bytea, replayed_leaf bytea, replayed_facts text);
  END IF;
END $$;

-- A function per company, for its plans stay planned: text built anew for each call costs three times as much.
CREATE OR REPLACE FUNCTION public.install_commit_scans(target name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $install$
BEGIN
  EXECUTE format($outer$
CREATE OR REPLACE FUNCTION %1$I.commit_scans(
    company integer, want_epoch integer, want_seq bigint, batch_id uuid, events public.scan_row[],
    OUT epoch integer, OUT seq bigint, OUT unlike text)
LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  head CONSTANT bytea := '\x0073616c6c79706f72742f62617463682f3100';  -- sallyport.ledger.BATCH_CONTEXT
  one public.scan_row;
  was_used boolean := false;
  done integer := 0;
  lost integer := 0;
BEGIN
  -- (1) Held to the commit: a change of policy that would commit in between waits for us, or we for it.
  PERFORM pg_advisory_xact_lock_shared(7, company);
  -- (2) A statement of its own, so with a snapshot younger than the lock.
  SELECT c.epoch, c.seq INTO STRICT epoch, seq
    FROM %1$I.ledger_policycounter c WHERE c.id = 1 AND c.company_id = company;
  -- (3) Decided under another policy: nothing is written.
  IF epoch <> want_epoch OR seq <> want_seq THEN
    RETURN;
  END IF;
  -- (4) Used codes, events, the ledger's pending row; who came second with a code is `replayed`.
  IF cardinality(events) = 1 THEN
    -- Most batches of most companies: plain statements cost a fifth less than those for sets.
    one := events[1];
    -- `opened`: the code is one that a grant uses up. A day pass is not, and leaves nothing here.
    IF one.granted AND one.opened THEN
      INSERT INTO %1$I.readers_usedcode (device, issued, nonce) VALUES (one.device, one.issued, one.nonce)
        ON CONFLICT DO NOTHING;
      was_used := NOT FOUND;
    ELSIF one.opened THEN
      was_used := EXISTS (SELECT FROM %1$I.readers_usedcode u
                      WHERE u.device = one.device AND u.issued = one.issued AND u.nonce = one.nonce);
    END IF;
    IF was_used THEN
      one.granted := false;
      one.reason := 'replayed';
      one.facts := one.replayed_facts;
      one.leaf := one.replayed_leaf;
      lost := 1;
    END IF;
    INSERT INTO %1$I.access_accessevent (
        reader, counter, at, reader_at, access_point, credential, device, profile, issued, nonce, code_hash,
        granted, reason, assurance, policy_epoch, policy_seq, facts, offline, batch, batch_index, leaf)
      VALUES (one.reader, one.counter, one.at, one.reader_at, one.access_point, one.credential, one.device, one.profile,
        one.issued, one.nonce, one.code_hash, one.granted, one.reason, one.assurance, want_epoch, want_seq, one.facts, false,
        batch_id, one.n, one.leaf)
      ON CONFLICT (reader, counter) DO NOTHING;
    IF FOUND THEN
      INSERT INTO %1$I.ledger_pendingbatch (batch, kind, count, hash)
        VALUES (batch_id, 'scan', 1, sha256(head || int4send(1) || one.leaf));
      done := 1;
    END IF;
  ELSE
    -- Used codes in key order, so that two batches never wait for each other in a circle.
    WITH won AS (
      INSERT INTO %1$I.readers_usedcode (device, issued, nonce)
      SELECT e.device, e.issued, e.nonce FROM unnest(events) e WHERE e.granted AND e.opened
        ORDER BY e.device, e.issued, e.nonce
      ON CONFLICT DO NOTHING
      RETURNING device, issued, nonce
    ), written AS (
      INSERT INTO %1$I.access_accessevent (
        reader, counter, at, reader_at, access_point, credential, device, profile, issued, nonce, code_hash,
        granted, reason, assurance, policy_epoch, policy_seq, facts, offline, batch, batch_index, leaf)
      SELECT r.reader, r.counter, r.at, r.reader_at, r.access_point, r.credential, r.device, r.profile, r.issued,
        r.nonce, r.code_hash, r.granted AND NOT r.used, CASE WHEN r.used THEN 'replayed' ELSE r.reason END,
        r.assurance, want_epoch, want_seq, CASE WHEN r.used THEN r.replayed_facts ELSE r.facts END, false,
        batch_id, r.n, CASE WHEN r.used THEN r.replayed_leaf ELSE r.leaf END
      FROM (
        SELECT e.*, e.opened AND CASE WHEN e.granted THEN w.device IS NULL ELSE EXISTS (
            SELECT FROM %1$I.readers_usedcode u
            WHERE u.device = e.device AND u.issued = e.issued AND u.nonce = e.nonce) END AS used
        FROM unnest(events) e
        LEFT JOIN won w ON e.granted AND w.device = e.device AND w.issued = e.issued AND w.nonce = e.nonce
        OFFSET 0
      ) r
      ON CONFLICT (reader, counter) DO NOTHING
      RETURNING batch_index, reason, leaf
    ), pending AS (
      INSERT INTO %1$I.ledger_pendingbatch (batch, kind, count, hash)
      SELECT batch_id, 'scan', count(*), sha256(
        head || int4send(count(*)::integer) || string_agg(w.leaf, ''::bytea ORDER BY w.batch_index))
      FROM written w HAVING count(*) > 0
    )
    SELECT count(*), count(*) FILTER (WHERE w.reason = 'replayed') INTO done, lost FROM written w;
  END IF;

  IF done < cardinality(events) THEN
    -- An event id that stands already keeps its verdict. What its other code won here, it gives back.
    DELETE FROM %1$I.readers_usedcode u USING unnest(events) e
      WHERE e.granted AND e.opened AND u.device = e.device AND u.issued = e.issued AND u.nonce = e.nonce
        AND u.xmin = pg_current_xact_id()::xid
        AND NOT EXISTS (SELECT FROM %1$I.access_accessevent x WHERE x.reader = e.reader
                        AND x.counter = e.counter AND x.batch = batch_id AND x.batch_index = e.n);
  END IF;
  IF done < cardinality(events) OR lost > 0 THEN
    SELECT json_agg(json_build_array(e.n, x.granted, x.reason, x.access_point, encode(x.code_hash, 'hex')))
      INTO unlike
      FROM unnest(events) e
      JOIN %1$I.access_accessevent x ON x.reader = e.reader AND x.counter = e.counter
      WHERE x.batch <> batch_id OR x.batch_index <> e.n OR x.reason <> e.reason;
  END IF;
END $f$
$outer$, target);
END $install$;
