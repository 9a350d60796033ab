import django.utils.timezone
from django.db import migrations, models


def take_issues_for_filled_when_created(apps, schema_editor):
    apps.get_model("newsletter", "Issue").objects.update(filled_at=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0012_sign_up_mailbox")]

    operations = [
        migrations.AddField(
            "issue",
            "filled_at",
            models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunPython(take_issues_for_filled_when_created, migrations.RunPython.noop),
    ]
