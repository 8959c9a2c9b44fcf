"""What PostgreSQL holds by itself of docs/rules/event-rules.md, whatever asks it: the order of a rule's steps, each in
one's own name, and that whoever wrote or proposed a rule does not adopt it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION events_rule_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rule refused: %', why USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION events_rule_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := public.scope_staff();
    newest integer;
    turn text;
    shown date;
BEGIN
    IF me IS NOT NULL AND NEW.staff_id IS DISTINCT FROM me THEN
        PERFORM public.events_rule_refuse('nobody writes in another name');
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('rule:' || NEW.rule));
    SELECT coalesce(max(version), 0) INTO newest FROM public.events_rulestep
        WHERE rule = NEW.rule AND step = 'written';
    SELECT step INTO turn FROM public.events_rulestep
        WHERE rule = NEW.rule AND step NOT IN ('muted', 'unmuted') ORDER BY id DESC LIMIT 1;
    SELECT business_date INTO shown FROM public.nightly_pointer;
    IF NEW.step IN ('adopted', 'ended', 'muted', 'unmuted') AND NEW.day <= shown THEN
        PERFORM public.events_rule_refuse('a night that is shown is not changed afterwards');
    END IF;
    IF NEW.step = 'muted' THEN
        IF NEW.until_date IS NULL OR NEW.until_date < NEW.day THEN
            PERFORM public.events_rule_refuse('a mute has an end');
        END IF;
        RETURN NEW;
    ELSIF NEW.step = 'unmuted' THEN
        RETURN NEW;
    ELSIF NEW.rule NOT LIKE 'bank\\_%' THEN
        PERFORM public.events_rule_refuse('a built-in rule is only muted');
    ELSIF NEW.step = 'written' THEN
        IF NEW.version <> newest + 1 OR NEW.body IS NULL THEN
            PERFORM public.events_rule_refuse('a text is the next version of its rule');
        END IF;
    ELSIF NEW.version <> newest AND NEW.step <> 'ended' THEN
        PERFORM public.events_rule_refuse('only the newest text takes steps');
    ELSIF NEW.step = 'proposed' AND turn NOT IN ('written', 'returned') THEN
        PERFORM public.events_rule_refuse('only a draft is proposed');
    ELSIF NEW.step IN ('adopted', 'returned') AND turn IS DISTINCT FROM 'proposed' THEN
        PERFORM public.events_rule_refuse('only what is proposed is adopted or returned');
    ELSIF NEW.step = 'adopted' AND EXISTS (
        SELECT 1 FROM public.events_rulestep
        WHERE rule = NEW.rule AND step IN ('written', 'proposed') AND staff_id = NEW.staff_id) THEN
        PERFORM public.events_rule_refuse('whoever wrote or proposed a rule does not adopt it');
    ELSIF NEW.step = 'ended' AND NOT EXISTS (
        SELECT 1 FROM public.events_rulestep WHERE rule = NEW.rule AND step = 'adopted') THEN
        PERFORM public.events_rule_refuse('only an adopted rule is ended');
    END IF;
    IF NEW.step <> 'written' THEN
        NEW.body := NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER events_rule_step BEFORE INSERT ON events_rulestep
    FOR EACH ROW EXECUTE FUNCTION events_rule_step();
"""
UNDO = """
DROP TRIGGER events_rule_step ON events_rulestep;
DROP FUNCTION events_rule_step();
DROP FUNCTION events_rule_refuse(text);
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0004_rules_of_the_bank"), ("kit", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
