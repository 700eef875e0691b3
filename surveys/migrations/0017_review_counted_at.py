from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0016_ticked_actions'),
    ]

    operations = [
        migrations.AddField(
            model_name='clientreview',
            name='counted_at',
            field=models.DateTimeField(null=True),
        ),
    ]
