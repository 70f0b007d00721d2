from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0002_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='certificate',
            name='id_kind',
            field=models.CharField(choices=[('resident_id', 'Resident ID'), ('household_only', 'Household booklet only'), ('resident_id_15', 'Old resident ID, 15 digits'), ('hmt_residence', 'Hong Kong/Macau/Taiwan residence permit'), ('hkmo_permit', 'Hong Kong/Macau travel permit'), ('tw_permit', 'Taiwan travel permit'), ('foreign_pr', 'Foreign permanent resident ID'), ('foreign_pr_old', 'Foreign permanent resident ID, before 2023'), ('passport', 'Passport'), ('none', 'Border pass or no valid document')], default='resident_id', max_length=20),
        ),
    ]
