-- The erasure ledger: who was erased, by digests that nobody can read back. Ids are random, so that a plain digest of one
-- says nothing; an address can be guessed, so that its digest is keyed. Whoever deletes the row of a person or a CV, even
-- by hand, writes it here in the same transaction. It is kept outside the database as well, and replayed when a backup
-- brings somebody back.
CREATE TABLE erasures (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('account', 'cv')),
    subject bytea NOT NULL,
    address bytea,
    -- The digest of what lets the person read the receipt, who has no account any more.
    receipt bytea UNIQUE,
    by_role text NOT NULL DEFAULT 'person',
    asked_at timestamptz NOT NULL,
    -- When each store was rid of it: rows at the commit, then tombstones in every index, the queue, the segments of the
    -- indexes, and the ledger's copy outside.
    rows_at timestamptz NOT NULL,
    index_at timestamptz,
    queue_at timestamptz,
    mail_at timestamptz,
    segments_at timestamptz,
    ledger_at timestamptz,
    UNIQUE (kind, subject)
);
CREATE INDEX erasures_address ON erasures (address) WHERE address IS NOT NULL;

CREATE FUNCTION erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number uuid;
BEGIN
    INSERT INTO erasures (kind, subject, asked_at, rows_at)
    VALUES (tg_argv[0], sha256(uuid_send(old.id)), vahti_now(), vahti_now())
    ON CONFLICT (kind, subject) DO UPDATE
        SET rows_at = excluded.rows_at, index_at = NULL, queue_at = NULL, mail_at = NULL, segments_at = NULL
    RETURNING id INTO number;
    IF tg_argv[0] = 'account' THEN
        UPDATE erasures SET address = (to_jsonb(old) ->> 'address')::bytea WHERE id = number;
    END IF;
    PERFORM owe('complete_erasure', number::text, nextval('change'), vahti_now());
    RETURN NULL;
END $$;

CREATE TRIGGER erased AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION erased('account');
CREATE TRIGGER erased AFTER DELETE ON cvs FOR EACH ROW EXECUTE FUNCTION erased('cv');
