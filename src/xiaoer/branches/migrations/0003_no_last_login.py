from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0002_payload"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="account",
            name="last_login",
        ),
    ]
