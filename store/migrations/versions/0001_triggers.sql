-- Now, as the process that holds the connection sees it: tests run ahead of the machine.
CREATE FUNCTION vahti_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(nullif(current_setting('vahti.now', true), '')::timestamptz, clock_timestamp())
$$;

-- Debt of a changed row: due at the given time, with a clean slate, since new content deserves a new try.
-- The lease stays: whoever holds it settles only the version it saw, and frees the rest in the same statement.
CREATE FUNCTION owe(job_ text, subject_ text, version_ bigint, due_ timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO owed AS o (job, subject_id, version, due_at) VALUES (job_, subject_, version_, due_)
    ON CONFLICT (job, subject_id) DO UPDATE
        SET version = greatest(o.version, excluded.version), due_at = excluded.due_at,
            attempts = 0, last_error = NULL, alone = false;
    IF due_ <= vahti_now() THEN
        PERFORM pg_notify('owed', '');
    END IF;
END $$;

-- Text as the comparison of vacancies sees it: words in lower case, without markup, entities and punctuation.
CREATE FUNCTION bare_words(markup text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT btrim(regexp_replace(lower(regexp_replace(regexp_replace(markup, '<[^>]*>', ' ', 'g'), '&[#a-zA-Z0-9]+;', ' ', 'g')),
                                '[^[:alnum:]+#]+', ' ', 'g'))
$$;

-- New to an alert is what had not been committed when the alert became active. Snapshots say so exactly, without a
-- margin; the moments beside them keep the rule true in a database restored elsewhere, whose transaction numbers start anew.
CREATE FUNCTION is_new(opened_at timestamptz, opened_xid xid8, since_at timestamptz, since pg_snapshot) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT opened_at >= since_at
        OR (opened_at >= since_at - interval '1 hour' AND NOT pg_visible_in_snapshot(opened_xid, since))
$$;

CREATE FUNCTION listings_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen listings;
BEGIN
    IF tg_op = 'UPDATE' THEN
        -- That a listing was matched is no change of the listing.
        seen := new;
        seen.matched_at := old.matched_at;
        IF seen IS NOT DISTINCT FROM old THEN
            RETURN new;
        END IF;
    ELSE
        new.created_at := vahti_now();
    END IF;
    new.version := nextval('change');
    new.updated_at := vahti_now();
    new.fingerprint := sha256(convert_to(jsonb_build_array(
        lower(new.title), btrim(regexp_replace(lower(regexp_replace(new.description, '<[^>]*>', ' ', 'g')), '\s+', ' ', 'g')),
        new.language, lower(new.employer), new.places, new.occupation, new.employment, new.remote,
        new.salary_min, new.salary_max, new.salary_currency, new.salary_period)::text, 'UTF8'));
    new.vacancy := sha256(convert_to(jsonb_build_array(
        bare_words(new.title), bare_words(new.employer), new.places, bare_words(new.description))::text, 'UTF8'));
    IF new.state = 'published' THEN
        new.closed_at := NULL;
        IF tg_op = 'INSERT' OR old.state <> 'published' OR old.fingerprint <> new.fingerprint THEN
            new.opened_at := vahti_now();
            new.opened_xid := pg_current_xact_id();
            new.matched_at := NULL;
        END IF;
    ELSIF tg_op = 'UPDATE' AND old.state = 'published' THEN
        new.closed_at := vahti_now();
    END IF;
    RETURN new;
END $$;

CREATE FUNCTION listings_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        PERFORM owe('sync_listing', old.id::text, nextval('change'), vahti_now());
        RETURN NULL;
    END IF;
    IF tg_op = 'UPDATE' AND new.version = old.version THEN
        RETURN NULL;
    END IF;
    IF new.state = 'published' OR (tg_op = 'UPDATE' AND old.state = 'published') THEN
        PERFORM owe('sync_listing', new.id::text, new.version, vahti_now());
    END IF;
    IF new.state = 'published' AND (tg_op = 'INSERT' OR old.opened_xid IS DISTINCT FROM new.opened_xid) THEN
        PERFORM owe('match_listing', new.id::text, new.version, vahti_now());
    END IF;
    IF new.state = 'draft' THEN
        PERFORM owe('publish_listing', new.id::text, new.version, new.published_at);
    ELSIF new.state = 'published' AND new.deadline IS NOT NULL THEN
        PERFORM owe('expire_listing', new.id::text, new.version, new.deadline);
    END IF;
    IF tg_op = 'UPDATE' AND new.vacancy <> old.vacancy AND (old.state = 'published' OR old.closed_at IS NOT NULL) THEN
        INSERT INTO former_vacancies AS f (listing_id, vacancy, left_at)
        VALUES (old.id, old.vacancy, coalesce(old.closed_at, vahti_now()))
        ON CONFLICT (listing_id, vacancy) DO UPDATE SET left_at = excluded.left_at;
    END IF;
    IF tg_op = 'UPDATE' AND old.state = 'published' AND (new.state <> 'published' OR new.vacancy <> old.vacancy) THEN
        -- Who was to be told of this vacancy by the listing that leaves it now may still be told by its twin.
        PERFORM owe('match_listing', twin.id::text, nextval('change'), vahti_now())
        FROM listings AS twin WHERE twin.vacancy = old.vacancy AND twin.state = 'published' AND twin.id <> old.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON listings FOR EACH ROW EXECUTE FUNCTION listings_stamp();
CREATE TRIGGER owe AFTER INSERT OR UPDATE OR DELETE ON listings FOR EACH ROW EXECUTE FUNCTION listings_owe();

CREATE FUNCTION criteria_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'UPDATE' AND (new.hash, new.body) IS DISTINCT FROM (old.hash, old.body) THEN
        RAISE EXCEPTION 'criteria never change: other criteria are another row';
    END IF;
    new.version := nextval('change');
    RETURN new;
END $$;

CREATE FUNCTION criteria_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        PERFORM owe('sync_criteria', old.id::text, nextval('change'), vahti_now());
    ELSIF new.live OR (tg_op = 'UPDATE' AND old.live) THEN
        PERFORM owe('sync_criteria', new.id::text, new.version, vahti_now());
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON criteria FOR EACH ROW EXECUTE FUNCTION criteria_stamp();
CREATE TRIGGER owe AFTER INSERT OR UPDATE OR DELETE ON criteria FOR EACH ROW EXECUTE FUNCTION criteria_owe();

-- When the next mail of an alert may go: instant ones once the grouping window after the last has passed, digests at
-- the alert's hour where the person is; weekly ones on Monday.
CREATE FUNCTION next_mail_at(frequency text, timezone text, digest_hour integer, mailed_at timestamptz, at timestamptz)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    here timestamp := at AT TIME ZONE timezone;
    step interval := CASE frequency WHEN 'daily' THEN interval '1 day' ELSE interval '1 week' END;
    slot timestamp;
BEGIN
    IF frequency = 'instant' THEN
        RETURN greatest(at, mailed_at + make_interval(
            secs => coalesce(nullif(current_setting('vahti.grouping_window', true), ''), '60')::double precision));
    END IF;
    slot := date_trunc(CASE frequency WHEN 'daily' THEN 'day' ELSE 'week' END, here) + make_interval(hours => digest_hour);
    IF slot AT TIME ZONE timezone <= at THEN
        slot := slot + step;
    END IF;
    RETURN slot AT TIME ZONE timezone;
END $$;

CREATE FUNCTION alerts_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'INSERT' THEN
        new.created_at := vahti_now();
    END IF;
    IF new.state = 'active' AND (tg_op = 'INSERT' OR old.state <> 'active') THEN
        -- The snapshot before the moment: whatever it holds was opened before `since_at`.
        new.since := pg_current_snapshot();
        new.since_at := vahti_now();
        new.changed_at := new.since_at;
    ELSIF tg_op = 'UPDATE' AND new.criteria_id <> old.criteria_id THEN
        new.changed_at := vahti_now();
    END IF;
    IF new.state = 'ended' THEN
        new.email := NULL;
    END IF;
    RETURN new;
END $$;

CREATE FUNCTION alerts_owe() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_active boolean := tg_op = 'UPDATE' AND old.state = 'active';
    other_criteria boolean := tg_op = 'UPDATE' AND old.criteria_id <> new.criteria_id;
BEGIN
    IF new.state = 'unconfirmed' AND tg_op = 'INSERT' THEN
        PERFORM owe('mail_confirmation', new.id::text, nextval('change'), vahti_now());
        PERFORM owe('lapse_alert', new.id::text, nextval('change'), new.confirm_by);
    END IF;
    IF new.state = 'active' AND (NOT was_active OR other_criteria) THEN
        -- The lock makes retiring these criteria wait until this alert is committed and counts.
        PERFORM 1 FROM criteria WHERE id = new.criteria_id FOR NO KEY UPDATE;
        UPDATE criteria SET live = true WHERE id = new.criteria_id AND NOT live;
        PERFORM owe('match_alert', new.id::text, nextval('change'), vahti_now());
    END IF;
    IF was_active AND new.state <> 'active' THEN
        -- Withdrawing stops the mail at once: what was matched and not sent is not sent.
        DELETE FROM deliveries WHERE alert_id = new.id AND sent_at IS NULL;
        DELETE FROM mails WHERE alert_id = new.id AND sent_at IS NULL;
        DELETE FROM owed WHERE job IN ('mail_alert', 'match_alert') AND subject_id = new.id::text;
    END IF;
    IF was_active AND (new.state <> 'active' OR other_criteria) THEN
        PERFORM owe('retire_criteria', old.criteria_id::text, nextval('change'), vahti_now() + interval '10 minutes');
    END IF;
    IF was_active AND new.state = 'active' AND (new.frequency, new.timezone, new.digest_hour)
            IS DISTINCT FROM (old.frequency, old.timezone, old.digest_hour) THEN
        PERFORM owe('mail_alert', new.id::text, nextval('change'),
                    next_mail_at(new.frequency, new.timezone, new.digest_hour, new.mailed_at, vahti_now()))
        WHERE EXISTS (SELECT FROM deliveries WHERE alert_id = new.id AND sent_at IS NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION alerts_stamp();
CREATE TRIGGER owe AFTER INSERT OR UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION alerts_owe();

-- One statement adds the deliveries of a batch of listings; one statement records the mails that they make due.
-- A mail that waits after a refusal keeps waiting: a new match is no reason to ask a full mailbox again.
CREATE FUNCTION deliveries_owe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO owed AS o (job, subject_id, version, due_at)
    SELECT 'mail_alert', a.id::text, nextval('change'),
           next_mail_at(a.frequency, a.timezone, a.digest_hour, a.mailed_at, vahti_now())
    FROM (SELECT DISTINCT alert_id FROM added) AS d JOIN alerts AS a ON a.id = d.alert_id
    ORDER BY a.id
    ON CONFLICT (job, subject_id) DO UPDATE SET version = excluded.version,
        due_at = CASE WHEN o.attempts > 0 THEN o.due_at ELSE least(o.due_at, excluded.due_at) END;
    PERFORM pg_notify('owed', '') WHERE EXISTS (SELECT FROM added);
    RETURN NULL;
END $$;

CREATE TRIGGER owe AFTER INSERT ON deliveries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_owe();
