"""A score's numbers as the text the night writes."""

from django.db import migrations

from xiaoer.kit.published import AsWritten

NAMES = ("parts", "seen")
AS_WRITTEN = ", ".join(f"ALTER {name} TYPE json USING to_json({name})" for name in NAMES)


class Migration(migrations.Migration):
    dependencies = [("scores", "0005_numbers_of_a_score")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE scores_score {AS_WRITTEN}",
            state_operations=[
                migrations.AlterField("score", name, AsWritten(default=list)) for name in NAMES
            ],
        ),
        migrations.RemoveIndex("score", "scores_score_mgr"),
        migrations.RemoveIndex("score", "scores_score_brn"),
    ]
