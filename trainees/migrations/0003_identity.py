import django.db.models.deletion
import lms.privacy.fields
import lms.privacy.storage
from django.db import migrations, models


def split_kinds(apps, schema_editor):
    """Two kinds that shared a name: foreign cards of before 2023, and ID numbers of the first generation."""
    Trainee = apps.get_model("trainees", "Trainee")
    for trainee in Trainee.objects.filter(id_kind="foreign_pr").iterator():
        if trainee.id_number[:3].isalpha():
            Trainee.objects.filter(pk=trainee.pk).update(id_kind="foreign_pr_old")
    Trainee.objects.filter(id_kind="resident_id", id_state="review", id_note__contains="id_legacy").update(
        id_kind="resident_id_15"
    )


def join_kinds(apps, schema_editor):
    Trainee = apps.get_model("trainees", "Trainee")
    Trainee.objects.filter(id_kind="foreign_pr_old").update(id_kind="foreign_pr")
    Trainee.objects.filter(id_kind__in=["resident_id_15", "household_only"]).update(id_kind="resident_id")


class Migration(migrations.Migration):

    dependencies = [
        ('lms', '0001_initial'),
        ('trainees', '0002_groups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='trainee',
            name='id_kind',
            field=models.CharField(choices=[('resident_id', 'Resident ID'), ('household_only', 'Household booklet only'), ('resident_id_15', 'Old resident ID, 15 digits'), ('hmt_residence', 'Hong Kong/Macau/Taiwan residence permit'), ('hkmo_permit', 'Hong Kong/Macau travel permit'), ('tw_permit', 'Taiwan travel permit'), ('foreign_pr', 'Foreign permanent resident ID'), ('foreign_pr_old', 'Foreign permanent resident ID, before 2023'), ('passport', 'Passport'), ('none', 'Border pass or no valid document')], default='resident_id', max_length=20, verbose_name='kind of document'),
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wechat', lms.privacy.fields.EncryptedTextField(blank=True, verbose_name='WeChat')),
                ('residence', models.CharField(blank=True, max_length=120, verbose_name='where exactly')),
                ('languages', models.JSONField(blank=True, default=list, verbose_name='languages')),
                ('needs', lms.privacy.fields.EncryptedJSONField(blank=True, default=list, verbose_name='what the person needs')),
                ('devices', models.JSONField(blank=True, default=list, verbose_name='devices')),
                ('political', models.CharField(blank=True, max_length=2, verbose_name='political status')),
                ('employment', models.CharField(blank=True, max_length=2, verbose_name='occupation')),
                ('unit', models.CharField(blank=True, max_length=80, verbose_name='works at')),
                ('post', models.CharField(blank=True, max_length=60, verbose_name='post')),
                ('business', models.CharField(blank=True, max_length=120, verbose_name='grows, makes or sells')),
                ('has_sold_online', models.BooleanField(blank=True, null=True, verbose_name='has sold online')),
                ('shop', models.CharField(blank=True, max_length=120, verbose_name='shop and platform')),
                ('wishes', models.JSONField(blank=True, default=list, verbose_name='wants to learn')),
                ('wishes_note', models.CharField(blank=True, max_length=200, verbose_name='in own words')),
                ('guardian_name', models.CharField(blank=True, max_length=50, verbose_name='guardian')),
                ('guardian_phone', lms.privacy.fields.EncryptedTextField(blank=True, verbose_name="guardian's phone")),
                ('guardian_relation', models.CharField(blank=True, max_length=2, verbose_name='guardian is')),
                ('photo', models.FileField(blank=True, storage=lms.privacy.storage.SealedStorage(), upload_to='photos/', verbose_name='photo')),
                ('recorded_at', models.DateTimeField(auto_now=True)),
                ('recorded_by', models.CharField(max_length=150)),
                ('residence_place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lms.division', verbose_name='lives now in')),
                ('trainee', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='profile', to='trainees.trainee')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('shop_opened', 'Opened an online shop'), ('first_sale', 'First online sale'), ('business_registered', 'Registered a business'), ('job', 'Found a job'), ('station_staff', 'Became station staff'), ('sales_growth', 'Sales grew')], max_length=20, verbose_name='what happened')),
                ('happened_on', models.DateField(verbose_name='on')),
                ('amount_yuan', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='amount in yuan')),
                ('proof_text', models.CharField(blank=True, max_length=300, verbose_name='proof in words')),
                ('proof_link', models.CharField(blank=True, max_length=300, verbose_name='link')),
                ('proof_file', models.FileField(blank=True, storage=lms.privacy.storage.SealedStorage(), upload_to='outcomes/', verbose_name='document')),
                ('proof_file_name', models.CharField(blank=True, max_length=120)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.CharField(max_length=150)),
                ('recorder_id', models.CharField(blank=True, max_length=20)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('verified_by', models.CharField(blank=True, max_length=150)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('voided_by', models.CharField(blank=True, max_length=150)),
                ('void_reason', models.CharField(blank=True, max_length=200)),
                ('trainee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='trainees.trainee')),
            ],
            options={
                'ordering': ['-happened_on', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('trainee', 'kind', 'happened_on'), name='one_live_outcome_per_kind_and_day', violation_error_message='This outcome is recorded for that day already.'), models.CheckConstraint(condition=models.Q(('amount_yuan__isnull', True), models.Q(('amount_yuan__gt', 0), ('kind__in', ['first_sale', 'sales_growth'])), _connector='OR'), name='outcome_amount_where_it_applies', violation_error_message='An amount is above zero and belongs to sales only.'), models.CheckConstraint(condition=models.Q(('proof_file', ''), ('proof_link', ''), ('proof_text', ''), _negated=True), name='outcome_has_a_proof', violation_error_message='An outcome needs a proof: words, a link or a document.'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by', '')), models.Q(('verified_at__isnull', False), models.Q(('verified_by', ''), _negated=True)), _connector='OR'), name='outcome_verified_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('void_reason', ''), ('voided_at__isnull', True)), models.Q(('voided_at__isnull', False), models.Q(('voided_by', ''), _negated=True), models.Q(('void_reason', ''), _negated=True)), _connector='OR'), name='outcome_voided_with_a_reason', violation_error_message='Say why this outcome is struck out.')],
            },
        ),
        migrations.RunPython(split_kinds, join_kinds),
    ]
