from django.db import migrations, models


def take_each_address_for_a_mailbox(apps, schema_editor):
    """Rows live for a day, and the limits of that day count on."""
    apps.get_model("newsletter", "SignUp").objects.update(mailbox=models.F("digest"))


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0011_lists_that_open_and_follow")]

    operations = [
        migrations.AddField(
            "signup", "mailbox", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.RunPython(take_each_address_for_a_mailbox, migrations.RunPython.noop),
        migrations.AddIndex(
            "signup", models.Index(fields=["mailbox", "made_at"], name="sign_up_by_mailbox")
        ),
    ]
