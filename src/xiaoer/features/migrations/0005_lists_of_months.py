"""A profile's lists as the night writes them, partners without names of their columns; what is shown stays shown.

Rows up to four kilobytes, which most profiles are, lie in their table as they are, not packed beside it.
"""

from django.db import migrations, models

from xiaoer.kit.published import AsWritten

NULLABLE = ("sales", "purchases", "inflow", "outflow", "buyers", "suppliers", "standing")
AS_WRITTEN = ", ".join(f"ALTER {name} TYPE json USING {name}::json" for name in (*NULLABLE, "contacts"))
LAST_MONTH = "UPDATE features_profile SET last_month = to_date(months ->> -1, 'YYYY-MM')"
UNNAMED = """
UPDATE features_profile SET {name} = coalesce((
    SELECT jsonb_agg(jsonb_build_array(
        one -> 'name', one -> 'customer_id', one -> 'amount', one -> 'share', one -> 'last_date', one -> 'gap_days',
        one -> 'spark') ORDER BY place)
    FROM jsonb_array_elements({name}) WITH ORDINALITY AS told(one, place)), '[]')
WHERE {name} IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("features", "0004_profile_standing")]

    operations = [
        migrations.AddField("profile", "last_month", models.DateField(null=True)),
        migrations.RunSQL(LAST_MONTH),
        *(migrations.RunSQL(UNNAMED.format(name=name)) for name in ("buyers", "suppliers")),
        migrations.RunSQL(
            f"ALTER TABLE features_profile {AS_WRITTEN}",
            state_operations=[
                *(migrations.AlterField("profile", name, AsWritten(null=True)) for name in NULLABLE),
                migrations.AlterField("profile", "contacts", AsWritten(default=list)),
            ],
        ),
        migrations.RunSQL("ALTER TABLE features_profile SET (toast_tuple_target = 4080)"),
        migrations.RemoveField("profile", "months"),
        migrations.RemoveField("profile", "similar"),
        migrations.RemoveIndex("profile", "features_profile_mgr"),
        migrations.RemoveIndex("profile", "features_profile_brn"),
    ]
