from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("articles", "0013_corrections_of_articles")]

    operations = [migrations.RemoveField(model_name="article", name="correction")]
