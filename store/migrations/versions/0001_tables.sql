-- Every version of every row comes from one sequence: a version orders the changes of one row, whoever made them.
CREATE SEQUENCE change;

CREATE TABLE sites (
    key text PRIMARY KEY CHECK (key ~ '^[a-z0-9-]{1,40}$'),
    name text NOT NULL,
    sender text NOT NULL,
    colour text NOT NULL DEFAULT '#0b5c73' CHECK (colour ~ '^#[0-9a-f]{6}$'),
    languages text[] NOT NULL DEFAULT '{fi,sv,en}' CHECK (languages <@ '{fi,sv,en}' AND cardinality(languages) > 0),
    timezone text NOT NULL DEFAULT 'Europe/Helsinki'
);
INSERT INTO sites (key, name, sender) VALUES ('vahti', 'Vahti', 'vahti@vahti.example');

CREATE TABLE employers (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL UNIQUE CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    digest bytea NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('admin', 'recruiter', 'employer', 'person', 'partner')),
    employer_id uuid REFERENCES employers ON DELETE CASCADE,
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CHECK (role NOT IN ('employer', 'recruiter') OR employer_id IS NOT NULL)
);

CREATE TABLE listings (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    employer_id uuid NOT NULL REFERENCES employers ON DELETE CASCADE,
    reference text NOT NULL,
    site text NOT NULL REFERENCES sites,
    state text NOT NULL CHECK (state IN ('draft', 'published', 'closed', 'expired')),
    title text NOT NULL,
    description text NOT NULL,
    language text NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    employer text NOT NULL,
    places text[] NOT NULL,
    occupation text,
    employment text[] NOT NULL,
    remote boolean NOT NULL,
    salary_min numeric(12, 2),
    salary_max numeric(12, 2),
    salary_currency text,
    salary_period text CHECK (salary_period IN ('hour', 'month', 'year')),
    published_at timestamptz NOT NULL,
    deadline timestamptz,
    apply_url text,
    apply_email text,
    -- What criteria can see of the listing: an edit that leaves it alone is not material.
    fingerprint bytea NOT NULL,
    -- The words of the vacancy: two open listings that share it are one vacancy from two feeds.
    vacancy bytea NOT NULL,
    -- When, and in which transaction, the listing last became open or changed materially.
    opened_at timestamptz,
    opened_xid xid8,
    closed_at timestamptz,
    -- When the present text was last matched against the alerts; empty while that is owed.
    matched_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (employer_id, reference),
    CHECK (state <> 'published' OR (opened_at IS NOT NULL AND opened_xid IS NOT NULL)),
    CHECK ((salary_min IS NULL AND salary_max IS NULL) OR (salary_currency IS NOT NULL AND salary_period IS NOT NULL))
);
CREATE INDEX listings_open_vacancy ON listings (vacancy) WHERE state = 'published';
CREATE INDEX listings_vacancy_closed ON listings (vacancy, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX listings_open_matched ON listings (matched_at) WHERE state = 'published';
CREATE INDEX listings_version ON listings (version);

-- The vacancies that a listing was of before its words changed: who was told of it then knows of its twins.
CREATE TABLE former_vacancies (
    listing_id uuid NOT NULL REFERENCES listings ON DELETE CASCADE,
    vacancy bytea NOT NULL,
    left_at timestamptz NOT NULL,
    PRIMARY KEY (listing_id, vacancy)
);
CREATE INDEX former_vacancies_vacancy ON former_vacancies (vacancy, left_at);

CREATE TABLE criteria (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    body jsonb NOT NULL,
    -- Whether an active alert asks for it: only then it is a stored query.
    live boolean NOT NULL DEFAULT false,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE alerts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    site text NOT NULL REFERENCES sites,
    email text,
    language text NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    timezone text NOT NULL,
    frequency text NOT NULL CHECK (frequency IN ('instant', 'daily', 'weekly')),
    digest_hour smallint NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    criteria_id bigint NOT NULL REFERENCES criteria,
    state text NOT NULL CHECK (state IN ('unconfirmed', 'active', 'paused', 'ended')),
    ended_reason text,
    terms_version text NOT NULL,
    terms_accepted_at timestamptz NOT NULL,
    terms_source text NOT NULL,
    confirm_by timestamptz NOT NULL,
    confirmed_at timestamptz,
    -- What had been committed when the alert became active: only what is not among it is new to the alert.
    since pg_snapshot,
    since_at timestamptz,
    -- When the criteria in force came into force.
    changed_at timestamptz,
    mailed_at timestamptz,
    created_at timestamptz NOT NULL,
    CHECK ((state = 'ended') = (ended_reason IS NOT NULL)),
    CHECK (state = 'ended' OR email IS NOT NULL),
    CHECK (state <> 'active' OR (since IS NOT NULL AND since_at IS NOT NULL AND changed_at IS NOT NULL))
);
CREATE INDEX alerts_active_criteria ON alerts (criteria_id) WHERE state = 'active';
CREATE INDEX alerts_email ON alerts (email);
CREATE UNIQUE INDEX alerts_once ON alerts (site, email, criteria_id) WHERE state IN ('active', 'paused');

-- Confirmation mails sent, by a keyed hash of the address: the limit on resending needs no address.
CREATE TABLE confirmations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address bytea NOT NULL,
    sent_at timestamptz NOT NULL
);
CREATE INDEX confirmations_address ON confirmations (address, sent_at);

CREATE TABLE mails (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    alert_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE UNIQUE INDEX mails_one_unsent ON mails (alert_id) WHERE sent_at IS NULL;

CREATE TABLE deliveries (
    alert_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
    listing_id uuid NOT NULL REFERENCES listings ON DELETE CASCADE,
    -- When a percolation last found the pair: one that a later percolation does not find again is dropped unsent.
    matched_at timestamptz NOT NULL,
    mail_id uuid REFERENCES mails ON DELETE SET NULL,
    sent_at timestamptz,
    PRIMARY KEY (alert_id, listing_id)
);
CREATE INDEX deliveries_unsent ON deliveries (listing_id) WHERE sent_at IS NULL;
CREATE INDEX deliveries_listing ON deliveries (listing_id);
CREATE INDEX deliveries_mail ON deliveries (mail_id) WHERE mail_id IS NOT NULL;

CREATE TABLE generations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('listings', 'alerts')),
    index_name text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('planned', 'building', 'live', 'retired', 'dropped', 'failed')),
    total bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    position text,
    differences bigint,
    error text,
    created_at timestamptz NOT NULL,
    live_at timestamptz,
    retired_at timestamptz
);
CREATE UNIQUE INDEX generations_one_live ON generations (kind) WHERE state = 'live';
CREATE UNIQUE INDEX generations_one_building ON generations (kind) WHERE state IN ('planned', 'building');

CREATE TABLE owed (
    job text NOT NULL,
    subject_id text NOT NULL,
    version bigint NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    -- Whether it is tried by itself: it may be what others of its batch failed for.
    alone boolean NOT NULL DEFAULT false,
    -- Until when the work is somebody's; afterwards it goes out again.
    lease timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (job, subject_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX owed_due ON owed (job, due_at);
