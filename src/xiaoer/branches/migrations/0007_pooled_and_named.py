"""A firm may also go to the pooled desk of its branch; its name stays with the handover for whoever gave it."""

from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION branches_handover_guard() RETURNS trigger
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
    IF NEW.from_id LIKE 'pool:%' THEN
        PERFORM public.branches_refuse('a firm of the pooled desk gets a manager in the files of the bank');
    END IF;
    IF NEW.to_id <> 'pool:' || NEW.branch_id
       AND NOT public.branches_holds(NEW.to_id, '{relationship_manager}', NEW.branch_id, false, NEW.day) THEN
        PERFORM public.branches_refuse('a firm goes to a manager, or to the pooled desk, of its own branch');
    END IF;
    NEW.at := clock_timestamp();
    NEW.manager_id := NEW.to_id;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0006_guards")]
    operations = [
        migrations.AddField("handover", "name", models.TextField(default="")),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
