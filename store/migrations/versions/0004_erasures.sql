-- The erasure ledger: who was erased, by digests that nobody can read back. Ids are random, so that a plain digest of one
-- says nothing; an address can be guessed, so that its digest is keyed. Whoever deletes the row of a person or a CV, even
-- by hand, writes it here in the same transaction. It is kept outside the database as well, and replayed when a backup
-- brings somebody back.
CREATE TABLE erasures (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- An address alone, where somebody without an account is erased.
    kind text NOT NULL CHECK (kind IN ('account', 'cv', 'address')),
    subject bytea NOT NULL,
    address bytea,
    -- Of a CV, the digest of its account's id: an account is gone from a store when all of its CVs are.
    account bytea,
    -- The digest of what lets the person read the receipt, who has no account any more.
    receipt bytea UNIQUE,
    by_role text NOT NULL DEFAULT 'person',
    asked_at timestamptz NOT NULL,
    -- When each store was rid of it: rows at the commit, then tombstones in every index, the queue, mails, the segments
    -- of the indexes; and when it was written into the ledger's file outside.
    rows_at timestamptz NOT NULL,
    index_at timestamptz,
    queue_at timestamptz,
    mail_at timestamptz,
    segments_at timestamptz,
    ledger_at timestamptz,
    -- Up to which operation of each shard the segments must be free of what was deleted.
    marks jsonb,
    UNIQUE (kind, subject)
);
CREATE INDEX erasures_address ON erasures (address) WHERE address IS NOT NULL;
CREATE INDEX erasures_account ON erasures (account) WHERE account IS NOT NULL;
CREATE INDEX erasures_open ON erasures (asked_at) WHERE segments_at IS NULL OR mail_at IS NULL OR queue_at IS NULL;

-- Addresses of alerts are written as their owners write them, those of accounts in lower case.
CREATE INDEX alerts_lower_email ON alerts (lower(email)) WHERE email IS NOT NULL;

CREATE FUNCTION erasures_owe() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number uuid;
BEGIN
    INSERT INTO erasures (kind, subject, address, account, asked_at, rows_at)
    VALUES (tg_argv[0], sha256(uuid_send(old.id)), (to_jsonb(old) ->> 'address')::bytea,
            sha256(uuid_send((to_jsonb(old) ->> 'account_id')::uuid)), vahti_now(), vahti_now())
    ON CONFLICT (kind, subject) DO UPDATE
        SET rows_at = excluded.rows_at, address = coalesce(excluded.address, erasures.address),
            index_at = NULL, queue_at = NULL, mail_at = NULL, segments_at = NULL, marks = NULL
    RETURNING id INTO number;
    PERFORM owe('complete_erasure', number::text, nextval('change'), vahti_now());
    RETURN NULL;
END $$;

CREATE TRIGGER erased AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION erasures_owe('account');
CREATE TRIGGER erased AFTER DELETE ON cvs FOR EACH ROW EXECUTE FUNCTION erasures_owe('cv');

-- Ids are random and never given twice: a row whose id was erased comes out of a copy from before, and is left out of it.
CREATE FUNCTION erasures_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM erasures WHERE kind = tg_argv[0] AND subject = sha256(uuid_send(new.id))) THEN
        RAISE WARNING USING MESSAGE = 'a row of ' || tg_table_name || ' was erased, and is left out';
        RETURN NULL;
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER hold_erased BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION erasures_hold('account');
CREATE TRIGGER hold_erased BEFORE INSERT ON cvs FOR EACH ROW EXECUTE FUNCTION erasures_hold('cv');
