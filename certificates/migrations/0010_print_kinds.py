"""A print run is for one kind of certificate, and says that a restricted file was not printed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    # Its name before: a database that has run it is left as it is.
    replaces = [("certificates", "0010_fixe")]

    dependencies = [
        ("certificates", "0009_badges"),
    ]

    operations = [
        migrations.AddField(
            model_name="printrun",
            name="certificate_kind",
            field=models.CharField(blank=True, choices=[('completion', 'Certificate of completion'), ('attendance', 'Certificate of attendance'), ('trainer', 'Trainer qualification of the centre'), ('award', 'Contest award')], default='completion', max_length=12),
        ),
        migrations.AlterField(
            model_name="printitem",
            name="why",
            field=models.CharField(blank=True, choices=[('missing_glyph', 'The fonts lack a character'), ('revoked', 'It was revoked'), ('replaced', 'A newer one took its place'), ('restricted', "Processing of the person's file is restricted")], max_length=20),
        ),
    ]
