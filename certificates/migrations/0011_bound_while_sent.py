"""The file of all sheets is bound of its parts while it is sent: the copies that were kept are deleted."""

from django.db import migrations


def delete_copies(apps, schema_editor):
    """Each shows whole ID numbers, and without the column nobody would ever find it again. A killed worker may have left
    one that no row names: where it lies follows from the run."""
    run = apps.get_model("certificates", "PrintRun")
    for public_id in run.objects.using(schema_editor.connection.alias).values_list("public_id", flat=True).iterator():
        run._meta.get_field("bound").storage.delete(f"certificates/{public_id}/bound")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0010_print_kinds")]

    operations = [
        migrations.RunPython(delete_copies, migrations.RunPython.noop),
        migrations.RemoveField(model_name="printrun", name="bound"),
    ]
