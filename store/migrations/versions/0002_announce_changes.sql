-- Versions are drawn before they are committed, and not in the order in which transactions commit: whoever reads changes
-- in the order of their versions must stop below the lowest one that may still appear. So every transaction that changes
-- listings first draws a number, shows it as a lock that conflicts with nothing, and only then draws its versions, which
-- are all higher. The lock ends when the transaction has, visibly, and with a savepoint that is rolled back.
CREATE FUNCTION listings_announce() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    below bigint;
BEGIN
    IF coalesce(current_setting('vahti.announced', true), '') = '' THEN
        below := nextval('change');
        -- A lock has room for 32 bits: which multiple of 2^31 belongs to it follows from where the sequence is.
        PERFORM pg_advisory_xact_lock_shared(22081, mod(below, 2147483648)::integer);
        PERFORM set_config('vahti.announced', below::text, true);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce BEFORE INSERT OR UPDATE ON listings FOR EACH STATEMENT EXECUTE FUNCTION listings_announce();
