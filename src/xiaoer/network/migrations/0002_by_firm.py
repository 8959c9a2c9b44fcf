"""A firm's page finds its rows by the firm: readers of the whole bank went through the table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='surety',
            index=models.Index(fields=['customer_id', 'since'], name='network_surety_customer'),
        ),
    ]
