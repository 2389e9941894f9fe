-- Each search of CVs, as it was asked. What it found is in the access log.
CREATE TABLE searches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    account_id uuid REFERENCES accounts ON DELETE SET NULL,
    asked jsonb NOT NULL,
    total bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX searches_account ON searches (account_id, at);
CREATE INDEX searches_employer ON searches (employer_id, at);

-- Who saw what of whose CV: the person reads it. It goes with the CV.
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cv_id uuid NOT NULL REFERENCES cvs ON DELETE CASCADE,
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    account_id uuid REFERENCES accounts ON DELETE SET NULL,
    action text NOT NULL CHECK (action IN ('found', 'opened', 'contact', 'exported', 'copy')),
    search_id bigint REFERENCES searches ON DELETE SET NULL,
    at timestamptz NOT NULL
);
CREATE INDEX access_log_cv ON access_log (cv_id, at);
CREATE INDEX access_log_account ON access_log (account_id, at);
CREATE INDEX access_log_search ON access_log (search_id) WHERE search_id IS NOT NULL;

-- A search that tells its recruiter of each new candidate once.
CREATE TABLE saved_searches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    asked jsonb NOT NULL,
    -- New is what could not be found when it was saved, as for alerts.
    since pg_snapshot NOT NULL,
    since_at timestamptz NOT NULL,
    mailed_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX saved_searches_account ON saved_searches (account_id);
CREATE INDEX saved_searches_employer ON saved_searches (employer_id);

-- One candidate found by one saved search. The pair is told once, whatever the person hides and shows again.
CREATE TABLE finds (
    saved_search_id bigint NOT NULL REFERENCES saved_searches ON DELETE CASCADE,
    cv_id uuid NOT NULL REFERENCES cvs ON DELETE CASCADE,
    found_at timestamptz NOT NULL,
    told_at timestamptz,
    PRIMARY KEY (saved_search_id, cv_id)
);
CREATE INDEX finds_cv ON finds (cv_id);

CREATE FUNCTION saved_searches_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'INSERT' THEN
        new.created_at := vahti_now();
    END IF;
    IF tg_op = 'INSERT' OR new.asked IS DISTINCT FROM old.asked THEN
        new.since := pg_current_snapshot();
        new.since_at := vahti_now();
    END IF;
    IF tg_op = 'INSERT' OR (new.asked, new.employer_id, new.version) IS DISTINCT FROM (old.asked, old.employer_id, old.version) THEN
        new.version := nextval('change');
    END IF;
    RETURN new;
END $$;

CREATE FUNCTION saved_searches_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        PERFORM owe('sync_search', old.id::text, nextval('change'), vahti_now());
        DELETE FROM owed WHERE job IN ('match_search', 'mail_search') AND subject_id = old.id::text;
    ELSIF tg_op = 'INSERT' OR new.version <> old.version THEN
        PERFORM owe('sync_search', new.id::text, new.version, vahti_now());
        PERFORM owe('match_search', new.id::text, new.version, vahti_now());
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON saved_searches FOR EACH ROW EXECUTE FUNCTION saved_searches_stamp();
CREATE TRIGGER owe AFTER INSERT OR UPDATE OR DELETE ON saved_searches FOR EACH ROW EXECUTE FUNCTION saved_searches_owe();

-- A stored search knows by which names its employer may be blocked. They change seldom, and with them those of the whole
-- group: then every stored search is written anew, which is simple and right.
CREATE FUNCTION employers_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' OR (new.name, new.business_id, new.parent_id, new.domains, new.approval)
            IS DISTINCT FROM (old.name, old.business_id, old.parent_id, old.domains, old.approval) THEN
        UPDATE saved_searches SET version = 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell AFTER UPDATE OR DELETE ON employers FOR EACH ROW EXECUTE FUNCTION employers_tell();

-- The first candidate is told at once, what follows within the grouping window in one mail.
CREATE FUNCTION finds_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO owed AS o (job, subject_id, version, due_at)
    SELECT 'mail_search', s.id::text, nextval('change'), next_mail_at('instant', 'UTC', 0, s.mailed_at, vahti_now())
    FROM (SELECT DISTINCT saved_search_id FROM added WHERE told_at IS NULL) AS a
    JOIN saved_searches AS s ON s.id = a.saved_search_id
    ORDER BY s.id
    ON CONFLICT (job, subject_id) DO UPDATE SET version = excluded.version,
        due_at = CASE WHEN o.attempts > 0 THEN o.due_at ELSE least(o.due_at, excluded.due_at) END;
    PERFORM pg_notify('owed', '') WHERE EXISTS (SELECT FROM added);
    RETURN NULL;
END $$;

CREATE TRIGGER owe AFTER INSERT ON finds REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finds_owe();

-- Candidates that an employer put aside.
CREATE TABLE shortlists (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL,
    UNIQUE (employer_id, name)
);
CREATE TABLE shortlist_entries (
    shortlist_id uuid NOT NULL REFERENCES shortlists ON DELETE CASCADE,
    cv_id uuid NOT NULL REFERENCES cvs ON DELETE CASCADE,
    note text NOT NULL DEFAULT '',
    added_by uuid REFERENCES accounts ON DELETE SET NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (shortlist_id, cv_id)
);
CREATE INDEX shortlist_entries_cv ON shortlist_entries (cv_id);

-- An employer asks for a person's contact details; the answer hands them over or does not, until it expires or is revoked.
CREATE TABLE contact_requests (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    cv_id uuid NOT NULL REFERENCES cvs ON DELETE CASCADE,
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    account_id uuid REFERENCES accounts ON DELETE SET NULL,
    message text NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'granted', 'declined', 'revoked')),
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    -- Until when it can be answered; once granted, until when the details are shown.
    expires_at timestamptz NOT NULL,
    UNIQUE (cv_id, employer_id)
);
CREATE INDEX contact_requests_employer ON contact_requests (employer_id);

CREATE FUNCTION contact_requests_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.state = 'asked' AND (tg_op = 'INSERT' OR new.asked_at <> old.asked_at) THEN
        PERFORM owe('mail_contact_request', new.id::text, nextval('change'), vahti_now());
    ELSIF tg_op = 'UPDATE' AND new.state = 'granted' AND old.state <> 'granted' THEN
        PERFORM owe('mail_contact_answer', new.id::text, nextval('change'), vahti_now());
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER owe AFTER INSERT OR UPDATE ON contact_requests FOR EACH ROW EXECUTE FUNCTION contact_requests_owe();

-- A CV as it was when the person handed it to an employer: it is that employer's to read and nobody else's.
CREATE TABLE copies (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    listing_id uuid REFERENCES listings ON DELETE SET NULL,
    body jsonb NOT NULL,
    handed_at timestamptz NOT NULL
);
CREATE INDEX copies_account ON copies (account_id);
CREATE INDEX copies_employer ON copies (employer_id, handed_at);

-- Unusual use, for an admin to look at: how much of what, in which time, by whose recruiter.
CREATE TABLE unusual_use (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    account_id uuid REFERENCES accounts ON DELETE SET NULL,
    kind text NOT NULL,
    day date NOT NULL,
    -- How much was asked for until `last_at`, of which no more than `allowed` was given.
    amount bigint NOT NULL,
    allowed bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    seen_at timestamptz,
    seen_by uuid REFERENCES accounts ON DELETE SET NULL,
    UNIQUE (account_id, kind, day)
);
CREATE INDEX unusual_use_open ON unusual_use (last_at) WHERE seen_at IS NULL;
