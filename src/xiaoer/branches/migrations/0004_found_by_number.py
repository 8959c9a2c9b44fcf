from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_no_last_login'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='branch',
            index=models.Index(fields=['branch_id', 'since'], name='branches_branch_number'),
        ),
        migrations.AddIndex(
            model_name='staff',
            index=models.Index(fields=['staff_id', 'since'], name='branches_staff_number'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['staff_id', 'since'], name='branches_post_holder'),
        ),
    ]
