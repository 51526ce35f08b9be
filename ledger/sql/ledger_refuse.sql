-- A seat belt against slips, not against whoever owns the database: that is what the checkpoints are for.
-- Retention and repair set sallyport.ledger_maintenance for their own transaction.
CREATE OR REPLACE FUNCTION public.ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('sallyport.ledger_maintenance', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% of % is refused: the record is written once', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
