from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0009_content_stamp")]

    operations = [
        migrations.AddField(
            model, "released_at", models.DateTimeField(null=True, editable=False)
        )
        for model in ("article", "frontpage")
    ]
