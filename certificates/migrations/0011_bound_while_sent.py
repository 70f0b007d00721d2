"""The file of all sheets is bound of its parts while it is sent: the copies that were kept are deleted."""

from django.db import migrations


def delete_copies(apps, schema_editor):
    """Each shows whole ID numbers, and without the column nobody would ever find it again."""
    run = apps.get_model("certificates", "PrintRun")
    kept = run.objects.using(schema_editor.connection.alias).exclude(bound="")
    for name in kept.values_list("bound", flat=True).iterator():
        run._meta.get_field("bound").storage.delete(name)


class Migration(migrations.Migration):
    dependencies = [("certificates", "0010_fixe")]

    operations = [
        migrations.RunPython(delete_copies, migrations.RunPython.noop),
        migrations.RemoveField(model_name="printrun", name="bound"),
    ]
