"""What PostgreSQL holds by itself of docs/rules/applications.md, whatever asks it.

Each function runs as the owner of the tables, so that it sees the whole application; whose rows may be written is
still the walls' to say, after the guard has put the application's own scope columns into the new row.
"""

from django.db import migrations

MOVES = """
CREATE FUNCTION applications_moves() RETURNS TABLE (from_stage text, verb text, to_stage text, part text)
LANGUAGE sql IMMUTABLE AS $$ VALUES
    ('received', 'take', 'survey', 'investigation'), ('survey', 'surveyed', 'form', 'investigation'),
    ('form', 'submit', 'review', 'investigation'), ('review', 'recommend', 'approval', 'review'),
    ('approval', 'approve', 'signing', 'approval'), ('signing', 'sign', 'drawdown', 'back_office'),
    ('drawdown', 'draw', 'drawn', 'back_office'),
    ('survey', 'send_back', 'received', 'investigation'), ('form', 'send_back', 'survey', 'investigation'),
    ('review', 'send_back', 'form', 'review'), ('approval', 'send_back', 'review', 'approval'),
    ('signing', 'send_back', 'approval', 'back_office'), ('drawdown', 'send_back', 'signing', 'back_office'),
    ('review', 'decline', 'declined', 'review'), ('approval', 'decline', 'declined', 'approval'),
    ('received', 'withdraw', 'withdrawn', 'marketing'), ('survey', 'withdraw', 'withdrawn', 'marketing'),
    ('form', 'withdraw', 'withdrawn', 'marketing'), ('review', 'withdraw', 'withdrawn', 'marketing'),
    ('approval', 'withdraw', 'withdrawn', 'marketing'), ('signing', 'withdraw', 'withdrawn', 'marketing'),
    ('drawdown', 'withdraw', 'withdrawn', 'marketing')
$$;
"""

REFUSE = """
CREATE FUNCTION applications_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'application refused: %', why USING ERRCODE = 'check_violation';
END $$;
"""

# When: by the database's own clock, for whoever works at a desk.
NOW = """
CREATE FUNCTION applications_now(written timestamptz) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN public.scope_staff() IS NULL THEN written ELSE clock_timestamp() END;
END $$;
"""

# Who is acting: the signed scope; the owner's own jobs, which have none, keep the name they write.
WHO = """
CREATE FUNCTION applications_who(written text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE me text := public.scope_staff();
BEGIN
    IF me IS NOT NULL AND written IS DISTINCT FROM me THEN
        PERFORM public.applications_refuse('nobody writes in another name');
    END IF;
    RETURN coalesce(me, written);
END $$;
"""

PARTS = """
CREATE FUNCTION applications_parts(app bigint, who text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT part FROM public.applications_step WHERE application_id = app AND staff_id = who
    UNION SELECT 'investigation' FROM public.applications_appraisal WHERE application_id = app AND staff_id = who
    UNION SELECT 'back_office' FROM public.applications_paper
        WHERE application_id = app AND staff_id = who AND state <> 'received'
    UNION SELECT 'exemption' FROM public.applications_exemption WHERE application_id = app AND answered_by = who
$$;

CREATE FUNCTION applications_keep_apart(app bigint, who text, wanted text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE held text;
BEGIN
    SELECT part INTO held FROM public.applications_parts(app, who) AS part
    WHERE part <> wanted
      AND NOT (part = 'exemption' AND wanted IN ('review', 'approval'))
      AND NOT (wanted = 'exemption' AND part IN ('review', 'approval'))
    LIMIT 1;
    IF FOUND THEN
        PERFORM public.applications_refuse(format('%s had the part %s and cannot have %s', who, held, wanted));
    END IF;
END $$;
"""

OPEN_ITEMS = """
CREATE FUNCTION applications_open_items(app bigint, on_day date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH asked AS (SELECT * FROM public.applications_application WHERE id = app),
    version AS (
        SELECT max(item.from_date) AS from_date FROM public.applications_checklistitem item, asked
        WHERE item.from_date <= asked.received_date
    ),
    needed AS (
        SELECT item.kind FROM public.applications_checklistitem item, asked, version
        WHERE item.product = asked.product AND item.from_date = version.from_date
          AND asked.amount >= item.from_amount
    ),
    latest AS (
        SELECT DISTINCT ON (kind) kind, state, expires_date FROM public.applications_paper
        WHERE application_id = app ORDER BY kind, id DESC
    )
    SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM needed) THEN 'no checklist is known'
                ELSE (SELECT string_agg(needed.kind, ', ' ORDER BY needed.kind) FROM needed
        WHERE NOT EXISTS (
            SELECT 1 FROM latest WHERE latest.kind = needed.kind AND latest.state = 'verified'
              AND coalesce(latest.expires_date >= on_day, true))
          AND NOT EXISTS (
            SELECT 1 FROM public.applications_exemption given
            WHERE given.application_id = app AND given.kind = needed.kind AND given.answer = 'granted'
              AND coalesce(given.until_date >= on_day, true))) END
$$;
"""

APPLICATION = """
CREATE FUNCTION applications_begin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_WHEN = 'BEFORE' THEN
        NEW.staff_id := public.applications_who(NEW.staff_id);
        NEW.stage_since_at := public.applications_now(NEW.stage_since_at);
        IF NEW.stage <> 'received' OR NEW.approved_amount IS NOT NULL OR NEW.approved_rate IS NOT NULL
           OR NEW.decided_date IS NOT NULL OR NEW.drawn_date IS NOT NULL OR NEW.decline_reason <> '' THEN
            PERFORM public.applications_refuse('an application begins with its request and nothing decided');
        END IF;
        RETURN NEW;
    END IF;
    INSERT INTO public.applications_step
        (application_id, customer_id, branch_id, manager_id, staff_id, part, verb, from_stage, to_stage, at, day,
         waited_minutes, words, reason, reference)
    VALUES (NEW.id, NEW.customer_id, NEW.branch_id, NEW.manager_id, NEW.staff_id, 'marketing', 'request', '',
            'received', NEW.stage_since_at, NEW.received_date, 0, '', '', '');
    RETURN NULL;
END $$;
CREATE TRIGGER applications_begin_before BEFORE INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_begin();
CREATE TRIGGER applications_begin_after AFTER INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_begin();
"""

STEP = """
CREATE FUNCTION applications_step_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    app record;
    move record;
    open_items text;
BEGIN
    NEW.staff_id := public.applications_who(NEW.staff_id);
    NEW.at := public.applications_now(NEW.at);
    SELECT * INTO app FROM public.applications_application WHERE id = NEW.application_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM public.applications_refuse('there is no such application');
    END IF;
    NEW.customer_id := app.customer_id;
    NEW.branch_id := app.branch_id;
    NEW.manager_id := app.manager_id;
    IF NEW.verb = 'request' THEN
        IF EXISTS (SELECT 1 FROM public.applications_step WHERE application_id = app.id) THEN
            PERFORM public.applications_refuse('it was requested already');
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO move FROM public.applications_moves() m WHERE m.from_stage = app.stage AND m.verb = NEW.verb;
    IF NOT FOUND OR NEW.from_stage <> app.stage THEN
        PERFORM public.applications_refuse(format('it stands at %s: %s is not possible', app.stage, NEW.verb));
    END IF;
    NEW.to_stage := move.to_stage;
    NEW.part := move.part;
    PERFORM public.applications_keep_apart(app.id, NEW.staff_id, move.part);
    IF NEW.day < (SELECT max(day) FROM public.applications_step WHERE application_id = app.id) THEN
        PERFORM public.applications_refuse('a step lies on or after the day of the last one');
    END IF;
    IF NEW.verb = 'submit' AND NOT EXISTS (
        SELECT 1 FROM public.applications_appraisal WHERE application_id = app.id) THEN
        PERFORM public.applications_refuse('there is no appraisal');
    END IF;
    IF NEW.verb = 'approve' AND NOT coalesce(
        NEW.amount > 0 AND NEW.amount <= app.amount AND NEW.rate > 0 AND NEW.term_months > 0, false) THEN
        PERFORM public.applications_refuse('an approval has amount (at most what was asked for), rate and term');
    END IF;
    IF NEW.verb = 'draw' THEN
        open_items := public.applications_open_items(app.id, NEW.day);
        IF open_items IS NOT NULL THEN
            PERFORM public.applications_refuse('the checklist is open: ' || open_items);
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER applications_step_guard BEFORE INSERT ON applications_step
    FOR EACH ROW EXECUTE FUNCTION applications_step_guard();

CREATE FUNCTION applications_step_done() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.verb <> 'request' THEN
        UPDATE public.applications_application SET
            stage = NEW.to_stage,
            stage_since_at = NEW.at,
            approved_amount = CASE NEW.verb WHEN 'approve' THEN NEW.amount ELSE approved_amount END,
            approved_rate = CASE NEW.verb WHEN 'approve' THEN NEW.rate ELSE approved_rate END,
            approved_term_months = CASE NEW.verb WHEN 'approve' THEN NEW.term_months ELSE approved_term_months END,
            decided_date = CASE WHEN NEW.verb IN ('approve', 'decline', 'withdraw') THEN NEW.day ELSE decided_date END,
            decline_reason = CASE NEW.verb WHEN 'decline' THEN NEW.reason ELSE decline_reason END,
            drawn_date = CASE NEW.verb WHEN 'draw' THEN NEW.day ELSE drawn_date END
        WHERE id = NEW.application_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER applications_step_done AFTER INSERT ON applications_step
    FOR EACH ROW EXECUTE FUNCTION applications_step_done();
"""

BESIDE = """
CREATE FUNCTION applications_beside_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    app record;
    before record;
BEGIN
    NEW.staff_id := public.applications_who(NEW.staff_id);
    NEW.at := public.applications_now(NEW.at);
    SELECT * INTO app FROM public.applications_application WHERE id = NEW.application_id FOR UPDATE;
    IF NOT FOUND OR app.stage IN ('drawn', 'declined', 'withdrawn') THEN
        PERFORM public.applications_refuse('there is no such application, or it has ended');
    END IF;
    NEW.customer_id := app.customer_id;
    NEW.branch_id := app.branch_id;
    NEW.manager_id := app.manager_id;
    IF TG_TABLE_NAME = 'applications_appraisal' THEN
        PERFORM public.applications_keep_apart(app.id, NEW.staff_id, 'investigation');
    ELSIF TG_TABLE_NAME = 'applications_paper' THEN
        IF NEW.state <> 'received' THEN
            PERFORM public.applications_keep_apart(app.id, NEW.staff_id, 'back_office');
            SELECT * INTO before FROM public.applications_paper
            WHERE application_id = app.id AND kind = NEW.kind ORDER BY id DESC LIMIT 1;
            IF NOT FOUND OR before.state <> 'received' THEN
                PERFORM public.applications_refuse('a paper is received before it is verified');
            ELSIF before.staff_id = NEW.staff_id THEN
                PERFORM public.applications_refuse('one person receives a paper, another verifies it');
            END IF;
        END IF;
    ELSIF NEW.answer <> '' OR NEW.answered_by <> '' THEN
        PERFORM public.applications_refuse('an exception is asked before it is answered');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER applications_paper_guard BEFORE INSERT ON applications_paper
    FOR EACH ROW EXECUTE FUNCTION applications_beside_guard();
CREATE TRIGGER applications_appraisal_guard BEFORE INSERT ON applications_appraisal
    FOR EACH ROW EXECUTE FUNCTION applications_beside_guard();
CREATE TRIGGER applications_exemption_guard BEFORE INSERT ON applications_exemption
    FOR EACH ROW EXECUTE FUNCTION applications_beside_guard();
"""

ANSWER = """
CREATE FUNCTION applications_answer_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.answer = OLD.answer AND NEW.answered_by = OLD.answered_by THEN
        RETURN NEW;  -- the firm went to another manager, or words were forgotten
    END IF;
    NEW.answered_by := public.applications_who(NEW.answered_by);
    NEW.answered_at := public.applications_now(NEW.answered_at);
    PERFORM 1 FROM public.applications_application WHERE id = NEW.application_id FOR UPDATE;
    IF OLD.answer <> '' OR NEW.answer NOT IN ('granted', 'refused') OR NEW.answered_by = '' THEN
        PERFORM public.applications_refuse('an exception is answered once, by somebody, with granted or refused');
    ELSIF NEW.answered_by = OLD.staff_id THEN
        PERFORM public.applications_refuse('nobody answers their own exception');
    END IF;
    PERFORM public.applications_keep_apart(NEW.application_id, NEW.answered_by, 'exemption');
    RETURN NEW;
END $$;
CREATE TRIGGER applications_answer_guard BEFORE UPDATE ON applications_exemption
    FOR EACH ROW EXECUTE FUNCTION applications_answer_guard();
"""

# They see past the walls, so nobody but the guards may call them.
ALONE = """
REVOKE ALL ON FUNCTION applications_parts, applications_keep_apart, applications_open_items FROM PUBLIC;
"""

TAKE_AWAY = """
DROP FUNCTION IF EXISTS applications_answer_guard, applications_beside_guard, applications_step_done,
    applications_step_guard, applications_begin, applications_open_items, applications_keep_apart,
    applications_parts, applications_who, applications_now, applications_refuse, applications_moves CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [MOVES, REFUSE, NOW, WHO, PARTS, OPEN_ITEMS, APPLICATION, STEP, BESIDE, ANSWER, ALONE], TAKE_AWAY
        )
    ]
