"""A firm's page finds its rows by the firm: readers of the whole bank went through the table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0004_notes_as_written'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='arrears',
            index=models.Index(fields=['customer_id', 'since'], name='loans_arrears_customer'),
        ),
        migrations.AddIndex(
            model_name='checkdue',
            index=models.Index(fields=['customer_id', 'since'], name='loans_checkdue_customer'),
        ),
        migrations.AddIndex(
            model_name='plancheck',
            index=models.Index(fields=['customer_id', 'since'], name='loans_plancheck_customer'),
        ),
    ]
