from django.db import migrations, models
from django.db.models import CASCADE, Q

from trainees.registry.search_keys import keys_of

BATCH = 1000


def fill(apps, schema_editor):
    """What the people already there are found by."""
    Trainee, SearchKey = apps.get_model("trainees", "Trainee"), apps.get_model("trainees", "SearchKey")
    last = 0
    while people := list(Trainee.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        rows = [
            SearchKey(trainee_id=person.pk, kind=kind, key=key)
            for person in people
            for kind, key in sorted(keys_of(person))
        ]
        SearchKey.objects.bulk_create(rows, batch_size=2000)
        last = people[-1].pk


class Migration(migrations.Migration):
    dependencies = [("trainees", "0003_identity")]

    operations = [
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.PositiveSmallIntegerField(choices=[(10, "Name"), (11, "File number"), (12, "End of the ID number"), (13, "End of the phone number"), (20, "Other name"), (30, "Pinyin"), (31, "First letters"), (40, "Pinyin of another name"), (41, "First letters of another name"), (60, "Part of the name"), (70, "Part of another name"), (80, "Pinyin of a part"), (81, "First letters of a part"), (90, "Pinyin of a part of another name"), (91, "First letters of a part of another name")])),
                ("key", models.CharField(max_length=64)),
                (
                    "trainee",
                    models.ForeignKey(
                        db_index=False, on_delete=CASCADE, related_name="search_keys", to="trainees.trainee"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["key", "kind", "trainee"],
                        name="search_by_key",
                        opclasses=["varchar_pattern_ops", "int2_ops", "int8_ops"],
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("trainee", "kind", "key"), name="one_search_key_of_a_kind"),
                    models.CheckConstraint(condition=~Q(key=""), name="search_key_is_never_empty"),
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
