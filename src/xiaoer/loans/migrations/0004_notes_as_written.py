"""What no screen shows of a note and changed every day goes; its plan and its times stay as the night writes them."""

from django.db import migrations

from xiaoer.kit.published import AsWritten

NAMES = ("times", "plan")
AS_WRITTEN = ", ".join(f"ALTER {name} TYPE json" for name in NAMES)


class Migration(migrations.Migration):
    dependencies = [("loans", "0003_risk")]

    operations = [
        migrations.RemoveField("note", "rule_since_date"),
        migrations.RunSQL(
            f"ALTER TABLE loans_note {AS_WRITTEN}",
            state_operations=[migrations.AlterField("note", name, AsWritten(default=list)) for name in NAMES],
        ),
    ]
