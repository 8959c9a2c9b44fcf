"""The note a drawdown was found as, why the two differ, and who may say so."""

from django.db import migrations, models

# Whoever paid out does not explain why the bank's books say otherwise.
GUARD = """
CREATE FUNCTION applications_explain_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE app record;
BEGIN
    NEW.staff_id := public.applications_who(NEW.staff_id);
    NEW.at := public.applications_now(NEW.at);
    SELECT * INTO app FROM public.applications_application WHERE id = NEW.application_id FOR UPDATE;
    IF NOT FOUND OR app.stage <> 'drawn' THEN
        PERFORM public.applications_refuse('nothing was drawn, so nothing differs');
    END IF;
    NEW.customer_id := app.customer_id;
    NEW.branch_id := app.branch_id;
    NEW.manager_id := app.manager_id;
    IF 'back_office' IN (SELECT public.applications_parts(app.id, NEW.staff_id)) THEN
        PERFORM public.applications_refuse('whoever paid out does not explain the difference');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER applications_explain_guard BEFORE INSERT ON applications_explanation
    FOR EACH ROW EXECUTE FUNCTION applications_explain_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_tracks")]

    operations = [
        migrations.CreateModel(
            name="FoundNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("branch_id", models.TextField(default="")),
                ("manager_id", models.TextField(default="")),
                ("customer_id", models.TextField()),
                ("note_id", models.TextField(unique=True)),
                ("found_date", models.DateField()),
                ("differs", models.JSONField(default=list)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=models.PROTECT, related_name="+", to="applications.application"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("branch_id", models.TextField(default="")),
                ("manager_id", models.TextField(default="")),
                ("customer_id", models.TextField()),
                ("staff_id", models.TextField()),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
                ("words", models.TextField()),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=models.PROTECT, related_name="+", to="applications.application"
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION IF EXISTS applications_explain_guard CASCADE"),
    ]
