-- Run by deferred constraint triggers, at commit, for each changed row that a decision reads.
-- Arguments: kind, handle column. Generic over the schema, so that cloned schemas share it.
--
-- The exclusive lock is what makes a revocation impossible to miss: a scan holds the shared one from before it reads
-- the counter until it has committed. The number is raised once per transaction and company: the mark is a
-- transaction-local setting named after the schema, which a rolled-back savepoint takes back together with the
-- raised counter.
CREATE OR REPLACE FUNCTION public.policy_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mark CONSTANT text := 'sallyport.policy_' || TG_TABLE_SCHEMA;
    company integer;
    number bigint := nullif(current_setting(mark, true), '')::bigint;
    era integer;
BEGIN
    IF number IS NULL THEN
        EXECUTE format('SELECT company_id FROM %I.ledger_policycounter WHERE id = 1', TG_TABLE_SCHEMA) INTO company;
        IF company IS NULL THEN
            IF TG_TABLE_SCHEMA = 'template' THEN
                RETURN NULL;
            END IF;
            RAISE EXCEPTION 'schema % has no policy counter', TG_TABLE_SCHEMA;
        END IF;
        PERFORM pg_advisory_xact_lock(7, company);
        EXECUTE format('UPDATE %I.ledger_policycounter SET seq = seq + 1 WHERE id = 1 RETURNING epoch, seq',
                       TG_TABLE_SCHEMA) INTO era, number;
        PERFORM set_config(mark, number::text, true);
        EXECUTE format('INSERT INTO %I.ledger_outbox (topic, data) VALUES (''policy'', $1)', TG_TABLE_SCHEMA)
            USING jsonb_build_object('epoch', era, 'seq', number);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        EXECUTE format('INSERT INTO %I.ledger_policychange (seq, kind, handle) VALUES ($1, $2, $3)'
                       ' ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA)
            USING number, TG_ARGV[0], coalesce((to_jsonb(OLD) ->> TG_ARGV[1])::bigint, 0);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE format('INSERT INTO %I.ledger_policychange (seq, kind, handle) VALUES ($1, $2, $3)'
                       ' ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA)
            USING number, TG_ARGV[0], coalesce((to_jsonb(NEW) ->> TG_ARGV[1])::bigint, 0);
    END IF;
    RETURN NULL;
END $$;
