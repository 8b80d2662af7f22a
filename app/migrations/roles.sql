-- The three roles, made once by a superuser in the application's own database; safe to run again.
--
-- ky_owner   owns schema and tables. Nobody logs in as it; a migration takes it on with SET ROLE.
-- ky_claims  owns the functions that claim work across municipalities. Nobody logs in as it.
-- ky_app     what web and worker log in as. Owns nothing, cannot step over row-level security.
--            In production it gets its password here: ALTER ROLE ky_app PASSWORD '…'.
DO $$ BEGIN
    -- NOINHERIT: what ky_claims may see is not the owner's to see.
    CREATE ROLE ky_owner NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE ky_claims NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE ky_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;

-- So that a migration can hand the claim functions over.
DO $$ BEGIN
    IF NOT pg_has_role('ky_owner', 'ky_claims', 'MEMBER') THEN
        GRANT ky_claims TO ky_owner;
    END IF;
END $$;

ALTER SCHEMA public OWNER TO ky_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ky_app, ky_claims;
