from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_tier_before'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='firm',
            index=models.Index(condition=models.Q(('matures_date__isnull', False)), fields=['matures_date', 'until'], name='customers_firm_matures'),
        ),
    ]
