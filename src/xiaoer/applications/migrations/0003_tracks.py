"""A track of every application, and parts kept apart by it: docs/decisions/0029 and docs/rules/applications.md.

Which two joints are possible at all stands here, too: a line that joins others joins nothing.
"""

from django.db import migrations, models

JOINTS = """
CREATE FUNCTION applications_joinable() RETURNS TABLE (holder text, taken text)
LANGUAGE sql IMMUTABLE AS $$ VALUES ('marketing', 'investigation'), ('approval', 'review') $$;
"""

# What the firm asked for in the months before counts, or many small requests would go where one large may not.
TRACK = """
CREATE FUNCTION applications_track(customer text, wanted text, asked bigint, on_day date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH version AS (
        SELECT max(from_date) AS from_date FROM public.applications_trackline WHERE from_date <= on_day
    )
    SELECT coalesce((
        SELECT line.name FROM public.applications_trackline line, version
        WHERE line.from_date = version.from_date AND line.product = wanted
          AND (line.most_amount IS NULL OR line.most_amount >= asked + (
              SELECT coalesce(sum(app.amount), 0) FROM public.applications_application app
              WHERE app.customer_id = customer AND app.stage NOT IN ('declined', 'withdrawn')
                AND app.received_date > on_day - make_interval(months => line.months)))
        ORDER BY line.most_amount NULLS LAST, line.name LIMIT 1), 'full')
$$;
"""

JOINED = """
CREATE FUNCTION applications_joined(app bigint, one text, other text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.applications_application asked
        JOIN public.applications_trackline line ON line.name = asked.track AND line.product = asked.product
        CROSS JOIN public.applications_joinable() may
        WHERE asked.id = app
          AND (may.holder, may.taken) IN ((one, other), (other, one))
          AND line.joins @> jsonb_build_array(jsonb_build_array(may.holder, may.taken))
          AND line.from_date = (SELECT max(from_date) FROM public.applications_trackline
                                WHERE from_date <= asked.received_date))
$$;

CREATE OR REPLACE FUNCTION applications_keep_apart(app bigint, who text, wanted text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE held text;
BEGIN
    SELECT part INTO held FROM public.applications_parts(app, who) AS part
    WHERE part <> wanted
      AND NOT (part = 'exemption' AND wanted IN ('review', 'approval'))
      AND NOT (wanted = 'exemption' AND part IN ('review', 'approval'))
      AND NOT public.applications_joined(app, part, wanted)
    LIMIT 1;
    IF FOUND THEN
        PERFORM public.applications_refuse(format('%s had the part %s and cannot have %s', who, held, wanted));
    END IF;
END $$;
"""

# Apart from the guard of the request, and by name after it: the track is the last word before the row stands.
SET_TRACK = """
CREATE FUNCTION applications_set_track() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('applications-track:' || NEW.customer_id));
    NEW.track := public.applications_track(NEW.customer_id, NEW.product, NEW.amount, NEW.received_date);
    RETURN NEW;
END $$;
CREATE TRIGGER applications_set_track BEFORE INSERT ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_set_track();
"""

# Where one person asked and surveyed, somebody else looks at the photo of the place before anybody reviews.
SEEN = """
CREATE FUNCTION applications_seen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.applications_step one, public.applications_parts(NEW.application_id, one.staff_id) held(part)
        WHERE one.application_id = NEW.application_id AND one.part = 'marketing' AND held.part = 'investigation'
    ) AND 'verified' IS DISTINCT FROM (
        SELECT state FROM public.applications_paper
        WHERE application_id = NEW.application_id AND kind = 'site_photo' ORDER BY id DESC LIMIT 1
    ) THEN
        PERFORM public.applications_refuse('one person asked and surveyed: the site photo is not verified');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER applications_step_seen BEFORE INSERT ON applications_step
    FOR EACH ROW WHEN (NEW.verb = 'recommend') EXECUTE FUNCTION applications_seen();
"""

ALONE = """
REVOKE ALL ON FUNCTION applications_joined, applications_track FROM PUBLIC;
"""

APART_AGAIN = """
CREATE OR REPLACE FUNCTION applications_keep_apart(app bigint, who text, wanted text) RETURNS void
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
DROP FUNCTION IF EXISTS applications_seen, applications_set_track, applications_joined, applications_track, applications_joinable CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_guards")]

    operations = [
        migrations.AddField("application", "track", models.TextField(default="full")),
        migrations.CreateModel(
            name="TrackLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("product", models.TextField()),
                ("from_date", models.DateField()),
                ("most_amount", models.BigIntegerField(null=True)),
                ("months", models.IntegerField(default=0)),
                ("joins", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "product", "from_date"), name="track_line_once")
                ],
            },
        ),
        migrations.RunSQL([JOINTS, TRACK, JOINED, SET_TRACK, SEEN, ALONE], APART_AGAIN),
    ]
