from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("features", "0003_payload"),
    ]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="standing",
            field=models.JSONField(null=True),
        ),
    ]
