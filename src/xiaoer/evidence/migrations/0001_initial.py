"""Photos, and the guard that keeps them as they were filed."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION evidence_photo_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me text := public.scope_staff();
    may_change text[] := ARRAY['branch_id', 'manager_id', 'erased_at', 'longitude', 'latitude', 'place', 'taken_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF me IS NOT NULL THEN
            NEW.staff_id := me;
            NEW.at := clock_timestamp();
        END IF;
        IF NEW.erased_at IS NOT NULL OR NEW.folder !~ '^[0-9a-f]{32}$' OR NEW.sha256 !~ '^[0-9a-f]{64}$' THEN
            RAISE EXCEPTION 'evidence refused: a photo is filed whole' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'evidence refused: what is filed stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.longitude, NEW.latitude, NEW.place, NEW.taken_at)
           IS DISTINCT FROM (OLD.longitude, OLD.latitude, OLD.place, OLD.taken_at)
       AND (NEW.erased_at IS NULL OR NEW.longitude IS NOT NULL OR NEW.latitude IS NOT NULL
            OR NEW.place <> '' OR NEW.taken_at IS NOT NULL) THEN
        RAISE EXCEPTION 'evidence refused: day and place are erased together or not at all'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at THEN
        RAISE EXCEPTION 'evidence refused: erased is erased' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_photo_guard BEFORE INSERT OR UPDATE OR DELETE ON evidence_photo
    FOR EACH ROW EXECUTE FUNCTION evidence_photo_guard();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("branch_id", models.TextField(default="")),
                ("manager_id", models.TextField(default="")),
                ("subject", models.TextField()),
                ("subject_key", models.TextField()),
                ("customer_id", models.TextField()),
                ("staff_id", models.TextField()),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
                ("folder", models.TextField()),
                ("name", models.UUIDField()),
                ("kind", models.TextField()),
                ("sha256", models.TextField()),
                ("size", models.IntegerField()),
                ("width", models.IntegerField(null=True)),
                ("height", models.IntegerField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_told", models.TextField(default="")),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("place_told", models.TextField(default="")),
                ("place", models.TextField(default="")),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject", "subject_key"], name="evidence_photo_subject"),
                    models.Index(fields=["customer_id"], name="evidence_photo_customer"),
                ],
                "constraints": [models.UniqueConstraint(fields=("name",), name="evidence_photo_name_once")],
            },
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION IF EXISTS evidence_photo_guard CASCADE"),
    ]
