-- The checking side of kit/scope: who may see what, decided inside PostgreSQL.
-- The web role can call these and can neither read the key nor write a token that passes.

CREATE TABLE IF NOT EXISTS scope_secret (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL
);

-- The claims of this transaction's token; NULL without one, an error for a forged or an expired one.
CREATE OR REPLACE FUNCTION scope_claims() RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token text := current_setting('xiaoer.scope', true);
    payload text := substr(token, 66);
    keys record;
    claims jsonb;
BEGIN
    IF token IS NULL OR token = '' THEN
        RETURN NULL;
    END IF;
    SELECT inner_key, outer_key INTO STRICT keys FROM public.scope_secret;
    IF encode(sha256(keys.outer_key || sha256(keys.inner_key || convert_to(payload, 'UTF8'))), 'hex')
       IS DISTINCT FROM left(token, 64) THEN
        RAISE EXCEPTION 'scope refused: the signature does not fit' USING ERRCODE = 'insufficient_privilege';
    END IF;
    claims := payload::jsonb;
    IF (claims ->> 'x')::bigint <= extract(epoch FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'scope refused: it has expired' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN claims;
END $$;

CREATE OR REPLACE FUNCTION scope_valid() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT public.scope_claims() IS NOT NULL $$;

CREATE OR REPLACE FUNCTION scope_staff() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT public.scope_claims() ->> 's' $$;

CREATE OR REPLACE FUNCTION scope_everything() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce((public.scope_claims() ->> 'e')::boolean, false) $$;

CREATE OR REPLACE FUNCTION scope_branches() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT ARRAY(SELECT jsonb_array_elements_text(public.scope_claims() -> 'b')) $$;

CREATE OR REPLACE FUNCTION scope_managers() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT ARRAY(SELECT jsonb_array_elements_text(public.scope_claims() -> 'm')) $$;

-- The desk's day, as it was signed: whoever writes a row does not choose it.
CREATE OR REPLACE FUNCTION scope_day() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT (public.scope_claims() ->> 'd')::date $$;

-- What was written on the desk, by whom, before and after. The web role reads it and cannot write it.
CREATE OR REPLACE FUNCTION history_keep() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Columns named as arguments hold what a person typed; they stay in the row, where they can be erased.
    left_out text[] := coalesce(TG_ARGV::text[], '{}');
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) - left_out END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) - left_out END;
    row_now jsonb := coalesce(after, before);
BEGIN
    INSERT INTO public.kit_history
        (at, staff_id, deed, table_name, row_id, customer_id, branch_id, manager_id, before, after)
    VALUES
        (clock_timestamp(), coalesce(public.scope_staff(), session_user), lower(TG_OP), TG_TABLE_NAME,
         row_now ->> 'id', coalesce(row_now ->> 'customer_id', ''), coalesce(row_now ->> 'branch_id', ''),
         coalesce(row_now ->> 'manager_id', ''), before, after);
    RETURN NULL;
END $$;

-- Whether the bank delivered portfolios at all; without them a branch's managers share its pool.
CREATE OR REPLACE FUNCTION scope_portfolios_delivered() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.branches_assignment a, public.nightly_pointer p
        WHERE a.since <= p.edition AND a.until > p.edition
    )
$$;
