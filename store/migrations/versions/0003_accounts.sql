-- An employer's recruiters have access to CVs only while an admin approves of it. A business id is written with its
-- country, `fi:01120389`; companies of one group lead to one root by `parent_id`.
ALTER TABLE employers
    ADD COLUMN business_id text UNIQUE CHECK (business_id ~ '^[a-z]{2}:[0-9A-Za-z]+$'),
    ADD COLUMN parent_id uuid REFERENCES employers ON DELETE SET NULL CHECK (parent_id <> id),
    ADD COLUMN domains text[] NOT NULL DEFAULT '{}',
    ADD COLUMN approval text NOT NULL DEFAULT 'pending' CHECK (approval IN ('pending', 'approved', 'withdrawn')),
    ADD COLUMN approval_at timestamptz;
CREATE INDEX employers_parent ON employers (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE accounts (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    -- In lower case; empty for an account that an operator made without one.
    email text UNIQUE CHECK (email = lower(email)),
    -- The keyed digest of the address: what is left of it in the erasure ledger.
    address bytea,
    role text NOT NULL CHECK (role IN ('person', 'recruiter', 'admin')),
    employer_id uuid REFERENCES employers ON DELETE CASCADE,
    site text NOT NULL DEFAULT 'vahti' REFERENCES sites,
    language text NOT NULL DEFAULT 'en' CHECK (language IN ('fi', 'sv', 'en')),
    -- Argon2id, with its parameters; empty where somebody else vouches for the person, or none was set yet.
    password_hash text,
    -- A recruiter who registered: whether an admin still has to say that they belong to the employer they named.
    waits boolean NOT NULL DEFAULT false,
    confirmed_at timestamptz,
    active_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK ((role = 'recruiter') = (employer_id IS NOT NULL))
);
CREATE INDEX accounts_employer ON accounts (employer_id) WHERE employer_id IS NOT NULL;

-- Who an outside identity provider says that somebody is (OpenID Connect Core 1.0, section 2: `iss` and `sub`).
CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_account ON identities (account_id);

-- A mailed link that works once: confirms the address of an account, or sets a new password.
CREATE TABLE account_links (
    digest bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('confirm', 'reset')),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX account_links_account ON account_links (account_id);

-- Whoever makes a link owes the mail with it; an account that nobody confirms goes when the link has expired.
CREATE FUNCTION account_links_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM owe('mail_account_link', encode(new.digest, 'hex'), nextval('change'), vahti_now());
    IF new.purpose = 'confirm' THEN
        PERFORM owe('lapse_account', new.account_id::text, nextval('change'), new.expires_at);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER owe AFTER INSERT ON account_links FOR EACH ROW EXECUTE FUNCTION account_links_owe();

-- A session in a browser is a token too, in a cookie: ending all of them is one statement.
ALTER TABLE tokens
    DROP COLUMN email,
    ADD COLUMN account_id uuid REFERENCES accounts ON DELETE CASCADE,
    ADD COLUMN kind text NOT NULL DEFAULT 'api' CHECK (kind IN ('api', 'session')),
    ADD COLUMN expires_at timestamptz;
CREATE INDEX tokens_account ON tokens (account_id) WHERE account_id IS NOT NULL;

-- What a person agreed to, and until when: rows are added and ended, never changed, so that the history stays readable.
CREATE TABLE consents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    purpose text NOT NULL,
    terms_version text NOT NULL,
    source text NOT NULL,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX consents_standing ON consents (account_id, purpose) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_account ON consents (account_id);
