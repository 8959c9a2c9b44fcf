"""Components of the four flows without names of their columns; what the desk shows stays until the next night."""

from django.db import migrations

from xiaoer.kit.published import AsWritten

UNNAMED = """
UPDATE applications_fourflows SET parts = (
    SELECT jsonb_object_agg(flow, coalesce((
        SELECT jsonb_agg(jsonb_build_array(one -> 'code', one -> 'value', one -> 'points') ORDER BY place)
        FROM jsonb_array_elements(listed) WITH ORDINALITY AS told(one, place)), '[]'))
    FROM jsonb_each(parts) AS held(flow, listed))
WHERE parts <> '{}'
"""
AS_WRITTEN = "ALTER TABLE applications_fourflows ALTER parts TYPE json, ALTER known TYPE json"


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_after")]

    operations = [
        migrations.RunSQL(UNNAMED),
        migrations.RunSQL(
            AS_WRITTEN,
            state_operations=[
                migrations.AlterField("fourflows", name, AsWritten(default=dict)) for name in ("parts", "known")
            ],
        ),
        migrations.RemoveIndex("fourflows", "applications_fourflows_mgr"),
        migrations.RemoveIndex("fourflows", "applications_fourflows_brn"),
    ]
