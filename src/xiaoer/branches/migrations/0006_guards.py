"""What PostgreSQL holds by itself of absences and handovers, whatever asks it (docs/decisions/0044).

Each guard runs as the owner of the tables, so that it sees the whole organisation as it is published. Whoever has no
signed scope is the owner at work: the night, which names nobody new.
"""

from django.db import migrations

WHO = """
CREATE FUNCTION branches_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused: %', why USING ERRCODE = 'check_violation';
END $$;

-- Whether somebody holds one of these posts at a branch, or, for its head, at one above it.
CREATE FUNCTION branches_holds(who text, posts text[], branch text, above boolean, on_day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.nightly_pointer shown
        JOIN public.branches_post held ON held.since <= shown.edition AND held.until > shown.edition
        LEFT JOIN public.branches_branch home
          ON home.branch_id = branch AND home.since <= shown.edition AND home.until > shown.edition
        WHERE held.staff_id = who AND held.post = ANY(posts)
          AND coalesce(held.from_date <= on_day, true) AND coalesce(held.to_date >= on_day, true)
          AND (held.branch_id = branch OR above AND held.branch_id = ANY(string_to_array(home.path, '/'))))
$$;
"""

ABSENCE = """
CREATE FUNCTION branches_absence_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := public.scope_staff();
    home text;
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.back_date IS NOT NULL OR NEW.back_date IS NULL
           OR to_jsonb(NEW) - 'back_date' IS DISTINCT FROM to_jsonb(OLD) - 'back_date' THEN
            PERFORM public.branches_refuse('of an absence only the day somebody is back is written, once');
        END IF;
        IF NEW.staff_id <> me AND NOT public.branches_holds(me, '{branch_head}', NEW.branch_id, true, NEW.back_date) THEN
            PERFORM public.branches_refuse('an absence is ended by oneself or by the branch head');
        END IF;
        RETURN NEW;
    END IF;
    SELECT branch_id INTO home FROM public.branches_staff, public.nightly_pointer
        WHERE staff_id = NEW.staff_id AND since <= edition AND until > edition;
    IF home IS DISTINCT FROM NEW.branch_id OR NEW.entered_by IS DISTINCT FROM me OR NEW.back_date IS NOT NULL THEN
        PERFORM public.branches_refuse('an absence is entered in one''s own name, at the branch of whoever is away');
    END IF;
    IF NEW.staff_id <> me AND NOT public.branches_holds(me, '{branch_head}', NEW.branch_id, true, NEW.day) THEN
        PERFORM public.branches_refuse('an absence is entered by oneself or by the branch head');
    END IF;
    IF NOT public.branches_holds(NEW.staff_id, '{relationship_manager}', NEW.branch_id, false, NEW.from_date)
       OR NOT public.branches_holds(NEW.deputy_id, '{relationship_manager,branch_head}', NEW.branch_id, false,
                                    NEW.from_date) THEN
        PERFORM public.branches_refuse('a manager is stood in for by a manager or the head of the same branch');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('absence:' || NEW.branch_id));
    PERFORM 1 FROM public.branches_absence held
        WHERE held.from_date <= NEW.to_date AND least(held.to_date, held.back_date - 1) >= NEW.from_date
          AND (held.staff_id IN (NEW.staff_id, NEW.deputy_id) OR held.deputy_id = NEW.staff_id);
    IF FOUND THEN
        PERFORM public.branches_refuse('somebody is away already, or stands in, on those days');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER branches_absence_guard BEFORE INSERT OR UPDATE ON branches_absence
    FOR EACH ROW EXECUTE FUNCTION branches_absence_guard();
"""

HANDOVER = """
CREATE FUNCTION branches_handover_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := public.scope_staff();
    holder text;
    home text;
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT manager_id, branch_id INTO holder, home FROM public.customers_firm, public.nightly_pointer
        WHERE customer_id = NEW.customer_id AND since <= edition AND until > edition;
    IF home IS DISTINCT FROM NEW.branch_id
       OR NOT public.branches_holds(me, '{branch_head}', NEW.branch_id, true, NEW.day) THEN
        PERFORM public.branches_refuse('firms are handed over by the head of their own branch');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR NEW.undone_by IS DISTINCT FROM me
           OR to_jsonb(NEW) - '{undone_at,undone_by,manager_id}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{undone_at,undone_by,manager_id}'::text[] THEN
            PERFORM public.branches_refuse('a handover is undone as a whole, and nothing else of it is changed');
        END IF;
        IF clock_timestamp() - OLD.at > interval '24 hours' OR holder IS DISTINCT FROM OLD.to_id THEN
            PERFORM public.branches_refuse('a handover is undone on its own day, while the firm is where it went');
        END IF;
        NEW.undone_at := clock_timestamp();
        NEW.manager_id := NEW.from_id;
        RETURN NEW;
    END IF;
    IF NEW.staff_id IS DISTINCT FROM me OR NEW.undone_at IS NOT NULL OR NEW.from_id = NEW.to_id
       OR holder IS DISTINCT FROM NEW.from_id THEN
        PERFORM public.branches_refuse('a firm is handed over in one''s own name, from whoever answers for it');
    END IF;
    IF NOT public.branches_holds(NEW.to_id, '{relationship_manager}', NEW.branch_id, false, NEW.day) THEN
        PERFORM public.branches_refuse('a firm goes to a manager of its own branch');
    END IF;
    NEW.at := clock_timestamp();
    NEW.manager_id := NEW.to_id;
    RETURN NEW;
END $$;

CREATE TRIGGER branches_handover_guard BEFORE INSERT OR UPDATE ON branches_handover
    FOR EACH ROW EXECUTE FUNCTION branches_handover_guard();

-- What is published about the firm and what the desk wrote about it goes along; the journals stay as they are.
CREATE FUNCTION branches_handover_carry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old_one text := CASE WHEN TG_OP = 'INSERT' THEN NEW.from_id ELSE NEW.to_id END;
    new_one text := CASE WHEN TG_OP = 'INSERT' THEN NEW.to_id ELSE NEW.from_id END;
    place record;
BEGIN
    IF public.scope_staff() IS NULL THEN
        RETURN NULL;
    END IF;
    FOR place IN
        SELECT c.relname, bool_or(a.attname = 'payload') AS published FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE c.relkind = 'r' AND c.relname NOT LIKE 'kit\\_%' AND c.relname <> 'branches_handover'
        GROUP BY c.relname
        HAVING count(*) FILTER (WHERE a.attname IN ('customer_id', 'branch_id', 'manager_id')) = 3
        ORDER BY c.relname
    LOOP
        IF place.published THEN  -- without its mark, so that the next night writes the row anew
            EXECUTE format('UPDATE public.%I SET manager_id = $1, payload = NULL WHERE customer_id = $2 AND'
                ' manager_id = $3 AND until > (SELECT edition FROM public.nightly_pointer)', place.relname)
                USING new_one, NEW.customer_id, old_one;
        ELSE
            EXECUTE format('UPDATE public.%I SET manager_id = $1 WHERE customer_id = $2 AND manager_id = $3',
                place.relname) USING new_one, NEW.customer_id, old_one;
        END IF;
    END LOOP;
    UPDATE public.branches_assignment SET staff_id = new_one WHERE customer_id = NEW.customer_id
        AND staff_id = old_one AND until > (SELECT edition FROM public.nightly_pointer);
    RETURN NULL;
END $$;

CREATE TRIGGER branches_handover_carry AFTER INSERT OR UPDATE ON branches_handover
    FOR EACH ROW EXECUTE FUNCTION branches_handover_carry();
"""
UNDO = """
DROP TRIGGER branches_handover_carry ON branches_handover;
DROP TRIGGER branches_handover_guard ON branches_handover;
DROP TRIGGER branches_absence_guard ON branches_absence;
DROP FUNCTION branches_handover_carry(), branches_handover_guard(), branches_absence_guard();
DROP FUNCTION branches_holds(text, text[], text, boolean, date);
DROP FUNCTION branches_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0005_away_and_handed_over"),
        ("customers", "0006_district"),
        ("kit", "0001_initial"),
    ]
    operations = [migrations.RunSQL(WHO + ABSENCE + HANDOVER, UNDO)]
