"""What the magazine needs before its first reader signs up; and what is known of those who did."""

from django.db import migrations

from newsletter.addresses import NotAnAddress, cleaned, digest_of
from newsletter.models.subscribers import new_key


def add(apps, schema_editor):
    models = {name: apps.get_model("newsletter", name) for name in (
        "Letterhead", "MailingList", "Subscriber", "Subscription", "MailLink"
    )}
    secret = models["Letterhead"].objects.create(pk=1).secret
    round_up = models["MailingList"].objects.create(
        name="Weekly round-up",
        slug="weekly-round-up",
        blurb="The week’s articles in one mail, once a week.",
        position=1,
    )
    # The confirmed first: of two spellings of one address that row stays.
    for row in models["Subscriber"].objects.order_by("state", "pk").iterator():
        try:
            row.email, row.digest = cleaned(row.email), digest_of(row.email, secret)
        except NotAnAddress:
            row.delete()  # Nothing could ever be sent there.
            continue
        if models["Subscriber"].objects.filter(digest=row.digest).exists():
            row.delete()  # The same address in another spelling.
            continue
        if row.state != "pending":
            row.confirmed_at = row.created_at
        row.save(update_fields=["email", "digest", "confirmed_at"])
        if row.state == "confirmed":
            models["Subscription"].objects.create(
                subscriber=row, list=round_up, key=new_key(), joined_at=row.created_at
            )
        if row.state == "pending":
            # They were told that a confirmation would come.
            models["MailLink"].objects.create(
                subscriber=row, purpose="confirm", email=row.email
            )


class Migration(migrations.Migration):

    dependencies = [("newsletter", "0002_people_lists_and_issues")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
