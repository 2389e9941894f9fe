-- One CV a person. Who may find it: `store.visibility` holds the rule, of which these columns are the facts.
CREATE TABLE cvs (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id uuid NOT NULL UNIQUE REFERENCES accounts ON DELETE CASCADE,
    body jsonb NOT NULL,
    -- Paths of the fields that nobody but the person sees: `summary`, `experience.employer`.
    hidden text[] NOT NULL DEFAULT '{}',
    language text NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    -- What the person chose.
    visible boolean NOT NULL DEFAULT false,
    -- Whether the person's consent to the terms stands; kept by the triggers.
    consented boolean NOT NULL DEFAULT false,
    -- Keys of the employers that may not see it: `id:fi:01120389`, `name:nokia oyj`, `domain:nokia.example`.
    blocked text[] NOT NULL DEFAULT '{}',
    contact text NOT NULL DEFAULT 'on_request' CHECK (contact IN ('open', 'on_request')),
    -- When, and in which transaction, it last could be found for the first time as it is.
    shown_at timestamptz,
    shown_xid xid8,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX cvs_shown ON cvs (shown_at) WHERE visible AND consented;

CREATE FUNCTION cvs_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    findable boolean;
BEGIN
    IF tg_op = 'INSERT' THEN
        new.created_at := vahti_now();
        -- Who withdraws consent holds this lock until that is committed: a CV that is saved meanwhile sees it.
        PERFORM 1 FROM accounts WHERE id = new.account_id FOR SHARE;
    END IF;
    new.consented := EXISTS (SELECT FROM consents
                             WHERE account_id = new.account_id AND purpose = 'terms' AND withdrawn_at IS NULL);
    IF tg_op = 'UPDATE' AND new IS NOT DISTINCT FROM old THEN
        RETURN new;
    END IF;
    new.version := nextval('change');
    new.updated_at := vahti_now();
    findable := new.visible AND new.consented;
    IF findable AND (tg_op = 'INSERT' OR NOT (old.visible AND old.consented)
                     OR (new.body, new.hidden, new.blocked) IS DISTINCT FROM (old.body, old.hidden, old.blocked)) THEN
        new.shown_at := vahti_now();
        new.shown_xid := pg_current_xact_id();
    END IF;
    RETURN new;
END $$;

-- Debt of a CV is due at the end of a tenth of a second: what people change within it is written, refreshed and marked
-- together. Fifty changes a second are ten batches instead of fifty, and nobody waits for it: from the commit on, no search
-- shows what is owed. The relay is told at once, so that it wakes in time.
CREATE FUNCTION owe_together(job_ text, subject_ text, version_ bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM owe(job_, subject_, version_,
                date_bin('100 milliseconds', vahti_now(), 'epoch'::timestamptz) + interval '100 milliseconds');
    PERFORM pg_notify('owed', '');
END $$;

CREATE FUNCTION cvs_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        PERFORM owe_together('sync_cv', old.id::text, nextval('change'));
        DELETE FROM owed WHERE job = 'match_cv' AND subject_id = old.id::text;
        RETURN NULL;
    END IF;
    IF tg_op = 'UPDATE' AND new.version = old.version THEN
        RETURN NULL;
    END IF;
    IF new.visible AND new.consented THEN
        PERFORM owe_together('sync_cv', new.id::text, new.version);
        IF tg_op = 'INSERT' OR new.shown_xid IS DISTINCT FROM old.shown_xid THEN
            PERFORM owe_together('match_cv', new.id::text, new.version);
        END IF;
    ELSIF tg_op = 'UPDATE' AND old.visible AND old.consented THEN
        PERFORM owe_together('sync_cv', new.id::text, new.version);
        DELETE FROM owed WHERE job = 'match_cv' AND subject_id = new.id::text;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON cvs FOR EACH ROW EXECUTE FUNCTION cvs_stamp();
CREATE TRIGGER owe AFTER INSERT OR UPDATE OR DELETE ON cvs FOR EACH ROW EXECUTE FUNCTION cvs_owe();

-- Consent counts at the commit: the CV follows in the same transaction, whoever changes the rows.
CREATE FUNCTION consents_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid := CASE tg_op WHEN 'DELETE' THEN old.account_id ELSE new.account_id END;
BEGIN
    IF tg_when = 'BEFORE' THEN
        PERFORM 1 FROM accounts WHERE id = whose FOR NO KEY UPDATE;
        RETURN CASE tg_op WHEN 'DELETE' THEN old ELSE new END;
    END IF;
    UPDATE cvs SET consented = consented WHERE account_id = whose;
    RETURN NULL;
END $$;

CREATE TRIGGER lock BEFORE INSERT OR UPDATE OR DELETE ON consents FOR EACH ROW EXECUTE FUNCTION consents_hold();
CREATE TRIGGER hold AFTER INSERT OR UPDATE OR DELETE ON consents FOR EACH ROW EXECUTE FUNCTION consents_hold();

-- Generations also know how new they must be: an index whose mark is older than what was settled in it was restored from
-- an old copy, and nothing is read from it until it is built anew.
ALTER TABLE generations
    DROP CONSTRAINT generations_kind_check,
    ADD CONSTRAINT generations_kind_check CHECK (kind IN ('listings', 'alerts', 'cvs', 'searches')),
    ADD COLUMN mark bigint NOT NULL DEFAULT 0;
