import django.db.models.deletion
import lms.privacy.fields
import lms.privacy.storage
from django.db import migrations, models
from django.utils import timezone


def part_overlaps(apps, schema_editor):
    """Entries of one person and group that share a day become one; what is taken up into another is voided."""
    GroupMembership = apps.get_model("trainees", "GroupMembership")
    kept = None
    for row in GroupMembership.objects.order_by("trainee_id", "group", "valid_from", "id").iterator():
        same = kept is not None and (kept.trainee_id, kept.group) == (row.trainee_id, row.group)
        if not same or (kept.valid_to is not None and kept.valid_to < row.valid_from):
            kept = row
            continue
        last = None if None in (kept.valid_to, row.valid_to) else max(kept.valid_to, row.valid_to)
        # The order of the two writes: never two open entries at once.
        row.voided_at, row.voided_by, row.void_reason = timezone.now(), "migration", "shared days with another entry"
        row.save(update_fields=["voided_at", "voided_by", "void_reason"])
        if last != kept.valid_to:
            kept.valid_to = last
            kept.save(update_fields=["valid_to"])


def enter_members(apps, schema_editor):
    """Who had a household in the file belongs to it from the day of the file, as nothing better is known."""
    Trainee, Member = apps.get_model("trainees", "Trainee"), apps.get_model("trainees", "HouseholdMember")
    people = Trainee.objects.filter(household__isnull=False).only("household_id", "created_at", "created_by")
    batch = []
    for trainee in people.iterator():
        day = timezone.localdate(trainee.created_at)
        batch.append(Member(trainee_id=trainee.pk, household_id=trainee.household_id, valid_from=day,
                            recorded_by=trainee.created_by))
    Member.objects.bulk_create(batch, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('lms', '0001_initial'),
        ('trainees', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DisabilityCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.CharField(max_length=150)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('voided_by', models.CharField(blank=True, max_length=150)),
                ('void_reason', models.CharField(blank=True, max_length=300)),
                ('evidence', models.CharField(choices=[('roster', 'Reported on a roster'), ('declared', 'Declared by the person'), ('document', 'Document seen'), ('official_list', 'Official list'), ('village_proof', 'Certificate of the village'), ('disability_cert', 'Disability certificate'), ('diploma', 'Diploma and household registration'), ('work_proof', 'Proof of work elsewhere'), ('veteran_card', "Discharge or veteran's card"), ('post', 'Appointment or proof of post'), ('employer', 'Employer or shop'), ('station', 'Station code'), ('enterprise_code', 'Unified social credit code'), ('selection', 'Record of the selection')], max_length=15, verbose_name='evidence')),
                ('evidence_note', models.CharField(blank=True, max_length=200, verbose_name='note on the evidence')),
                ('document', models.FileField(blank=True, storage=lms.privacy.storage.SealedStorage(), upload_to='evidence/', verbose_name='document')),
                ('document_type', models.CharField(blank=True, max_length=4)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('verified_by', models.CharField(blank=True, max_length=150)),
                ('kind', models.CharField(choices=[('resident', 'Disability certificate'), ('soldier', "Disabled soldier's certificate")], default='resident', max_length=10, verbose_name='kind')),
                ('number', lms.privacy.fields.EncryptedTextField(verbose_name='number')),
                ('number_hash', models.CharField(editable=False, max_length=64)),
                ('holder_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('category', models.CharField(blank=True, max_length=1, verbose_name='category')),
                ('grade', models.CharField(blank=True, max_length=1, verbose_name='grade')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='issued on')),
                ('reported_on', models.DateField(verbose_name='reported on')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='HouseholdMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.CharField(max_length=150)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('voided_by', models.CharField(blank=True, max_length=150)),
                ('void_reason', models.CharField(blank=True, max_length=300)),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('relation', models.CharField(blank=True, max_length=2, verbose_name='relation to the head')),
            ],
            options={
                'ordering': ['valid_from', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HouseholdPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('recorded_by', models.CharField(max_length=150)),
                ('voided_at', models.DateTimeField(blank=True, null=True)),
                ('voided_by', models.CharField(blank=True, max_length=150)),
                ('void_reason', models.CharField(blank=True, max_length=300)),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='to')),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('evidence', models.CharField(choices=[('roster', 'Reported on a roster'), ('declared', 'Declared by the person'), ('document', 'Document seen'), ('official_list', 'Official list'), ('village_proof', 'Certificate of the village'), ('disability_cert', 'Disability certificate'), ('diploma', 'Diploma and household registration'), ('work_proof', 'Proof of work elsewhere'), ('veteran_card', "Discharge or veteran's card"), ('post', 'Appointment or proof of post'), ('employer', 'Employer or shop'), ('station', 'Station code'), ('enterprise_code', 'Unified social credit code'), ('selection', 'Record of the selection')], max_length=15, verbose_name='evidence')),
                ('evidence_note', models.CharField(blank=True, max_length=200, verbose_name='note on the evidence')),
                ('document', models.FileField(blank=True, storage=lms.privacy.storage.SealedStorage(), upload_to='evidence/', verbose_name='document')),
                ('document_type', models.CharField(blank=True, max_length=4)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('verified_by', models.CharField(blank=True, max_length=150)),
                ('poverty_type', models.CharField(max_length=30, verbose_name='attribute')),
                ('main_cause', models.CharField(blank=True, max_length=2, verbose_name='main cause')),
                ('other_causes', models.JSONField(blank=True, default=list, verbose_name='other causes')),
            ],
            options={
                'ordering': ['valid_from', 'id'],
            },
        ),
        migrations.AlterModelOptions(
            name='household',
            options={'ordering': ['-id']},
        ),
        migrations.RemoveConstraint(
            model_name='groupmembership',
            name='one_open_membership_per_group',
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='document',
            field=models.FileField(blank=True, storage=lms.privacy.storage.SealedStorage(), upload_to='evidence/', verbose_name='document'),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='document_type',
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='end_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='evidence_hash',
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='evidence_number',
            field=lms.privacy.fields.EncryptedTextField(blank=True, verbose_name='number of the evidence'),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='verified_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='verified_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='void_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='voided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='voided_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name='household',
            name='created_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name='household',
            name='head_name',
            field=models.CharField(blank=True, max_length=50, verbose_name='head of household'),
        ),
        migrations.AddField(
            model_name='household',
            name='village',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lms.division'),
        ),
        migrations.AlterField(
            model_name='groupmembership',
            name='evidence',
            field=models.CharField(choices=[('roster', 'Reported on a roster'), ('declared', 'Declared by the person'), ('document', 'Document seen'), ('official_list', 'Official list'), ('village_proof', 'Certificate of the village'), ('disability_cert', 'Disability certificate'), ('diploma', 'Diploma and household registration'), ('work_proof', 'Proof of work elsewhere'), ('veteran_card', "Discharge or veteran's card"), ('post', 'Appointment or proof of post'), ('employer', 'Employer or shop'), ('station', 'Station code'), ('enterprise_code', 'Unified social credit code'), ('selection', 'Record of the selection')], max_length=15, verbose_name='evidence'),
        ),
        migrations.AddField(
            model_name='disabilitycertificate',
            name='trainee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disability_certificates', to='trainees.trainee'),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='certificate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='trainees.disabilitycertificate'),
        ),
        migrations.AddField(
            model_name='householdmember',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_entries', to='trainees.household'),
        ),
        migrations.AddField(
            model_name='householdmember',
            name='trainee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='household_entries', to='trainees.trainee'),
        ),
        migrations.AddField(
            model_name='householdperiod',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='periods', to='trainees.household'),
        ),
        migrations.AddField(
            model_name='groupmembership',
            name='period',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='trainees.householdperiod'),
        ),
        migrations.RunPython(part_overlaps, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='groupmembership',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True), ('voided_at__isnull', True)), fields=('trainee', 'group'), name='one_open_membership_per_group', violation_error_message='This person already belongs to this group.'),
        ),
        migrations.AddConstraint(
            model_name='groupmembership',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('trainee', 'group', 'valid_from'), name='one_membership_per_group_and_day', violation_error_message='This person already belongs to this group.'),
        ),
        migrations.AddConstraint(
            model_name='disabilitycertificate',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('number_hash',), name='one_live_certificate_per_number', violation_error_message='A certificate with this number is recorded already.'),
        ),
        migrations.AddConstraint(
            model_name='disabilitycertificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', ''), ('grade', ''), ('kind', 'soldier')), models.Q(('category__in', ['1', '2', '3', '4', '5', '6', '7']), ('grade__in', ['1', '2', '3', '4']), ('kind', 'resident')), _connector='OR'), name='certificate_says_category_and_grade', violation_error_message='A disability certificate names one of 7 categories and one of 4 grades.'),
        ),
        migrations.AddConstraint(
            model_name='disabilitycertificate',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('issued_on__isnull', True), ('valid_to__gte', models.F('issued_on')), _connector='OR'), name='certificate_ends_after_its_issue', violation_error_message='The last day lies before the first.'),
        ),
        migrations.AddConstraint(
            model_name='householdmember',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True), ('voided_at__isnull', True)), fields=('trainee',), name='one_household_at_a_time', violation_error_message='This person belongs to a household already.'),
        ),
        migrations.AddConstraint(
            model_name='householdmember',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('trainee', 'valid_from'), name='one_household_per_first_day', violation_error_message='This person belongs to a household already.'),
        ),
        migrations.AddConstraint(
            model_name='householdmember',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='member_ends_after_it_starts', violation_error_message='The last day lies before the first.'),
        ),
        migrations.AddConstraint(
            model_name='householdperiod',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True), ('voided_at__isnull', True)), fields=('household',), name='one_open_period_per_household', violation_error_message='This household has a period without an end already.'),
        ),
        migrations.AddConstraint(
            model_name='householdperiod',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('household', 'valid_from'), name='one_period_per_household_and_day', violation_error_message='This household has a period from this day on already.'),
        ),
        migrations.AddConstraint(
            model_name='householdperiod',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='period_ends_after_it_starts', violation_error_message='The last day lies before the first.'),
        ),
        migrations.RunPython(enter_members, migrations.RunPython.noop),
    ]
