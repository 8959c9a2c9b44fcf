"""The day on which a post must be held is the signed one, never one that is sent; a handover is undone whole or not."""

from django.db import migrations

DAY = """
CREATE FUNCTION branches_on_day(written date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF public.scope_day() IS NULL OR written IS DISTINCT FROM public.scope_day() THEN
        PERFORM public.branches_refuse('it is written on the desk''s own day');
    END IF;
END $$;
"""

ABSENCE = """
CREATE OR REPLACE FUNCTION branches_absence_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := public.scope_staff();
    today date := public.scope_day();
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
        PERFORM public.branches_on_day(NEW.back_date);
        IF NEW.staff_id <> me AND NOT public.branches_holds(me, '{branch_head}', NEW.branch_id, true, today) THEN
            PERFORM public.branches_refuse('an absence is ended by oneself or by the branch head');
        END IF;
        RETURN NEW;
    END IF;
    PERFORM public.branches_on_day(NEW.day);
    IF NEW.from_date < today THEN
        PERFORM public.branches_refuse('an absence begins today or later');
    END IF;
    SELECT branch_id INTO home FROM public.branches_staff, public.nightly_pointer
        WHERE staff_id = NEW.staff_id AND since <= edition AND until > edition;
    IF home IS DISTINCT FROM NEW.branch_id OR NEW.entered_by IS DISTINCT FROM me OR NEW.back_date IS NOT NULL THEN
        PERFORM public.branches_refuse('an absence is entered in one''s own name, at the branch of whoever is away');
    END IF;
    IF NEW.staff_id <> me AND NOT public.branches_holds(me, '{branch_head}', NEW.branch_id, true, today) THEN
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
"""

HANDOVER = """
CREATE OR REPLACE FUNCTION branches_handover_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := public.scope_staff();
    holder text;
    home text;
    today date := public.scope_day();
BEGIN
    IF me IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM public.branches_on_day(NEW.day);
    SELECT manager_id, branch_id INTO holder, home FROM public.customers_firm, public.nightly_pointer
        WHERE customer_id = NEW.customer_id AND since <= edition AND until > edition;
    IF home IS DISTINCT FROM NEW.branch_id
       OR NOT public.branches_holds(me, '{branch_head}', NEW.branch_id, true, today) THEN
        PERFORM public.branches_refuse('firms are handed over by the head of their own branch');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL OR NEW.undone_by IS DISTINCT FROM me
           OR to_jsonb(NEW) - '{undone_at,undone_by,manager_id}'::text[]
              IS DISTINCT FROM to_jsonb(OLD) - '{undone_at,undone_by,manager_id}'::text[] THEN
            PERFORM public.branches_refuse('a handover is undone as a whole, and nothing else of it is changed');
        END IF;
        PERFORM 1 FROM public.branches_handover other
            WHERE other.handover = OLD.handover AND other.undone_at IS NULL
              AND NOT public.branches_holds(me, '{branch_head}', other.branch_id, true, today);
        IF FOUND THEN
            PERFORM public.branches_refuse('a handover over several branches is undone by whoever leads all of them');
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
    IF NEW.from_id LIKE 'pool:%' THEN
        PERFORM public.branches_refuse('a firm of the pooled desk gets a manager in the files of the bank');
    END IF;
    IF NEW.to_id <> 'pool:' || NEW.branch_id
       AND NOT public.branches_holds(NEW.to_id, '{relationship_manager}', NEW.branch_id, false, today) THEN
        PERFORM public.branches_refuse('a firm goes to a manager, or to the pooled desk, of its own branch');
    END IF;
    NEW.at := clock_timestamp();
    NEW.manager_id := NEW.to_id;
    RETURN NEW;
END $$;
"""

WHOLE = """
CREATE FUNCTION branches_handover_whole() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM public.branches_handover WHERE handover = NEW.handover
        HAVING count(undone_at) NOT IN (0, count(*));
    IF FOUND THEN
        PERFORM public.branches_refuse('a handover is undone as a whole');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER branches_handover_whole AFTER UPDATE ON branches_handover
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branches_handover_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0007_pooled_and_named")]
    operations = [migrations.RunSQL(DAY + ABSENCE + HANDOVER + WHOLE, migrations.RunSQL.noop)]
