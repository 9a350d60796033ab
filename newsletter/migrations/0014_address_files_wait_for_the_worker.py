import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0013_issue_filled_at")]

    operations = [
        migrations.AddField(
            "addressfile",
            "started_by",
            models.CharField(blank=True, db_default="", default="", max_length=150),
        ),
        migrations.AddField(
            "addressfile", "size", models.PositiveBigIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "addressfile", "bytes_read", models.PositiveBigIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "addressfile", "line_count", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("addressfile", "worked_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "addressfile", "attempts", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "addressfile",
            "fault",
            models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.CreateModel(
            "AddressFilePiece",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="newsletter.addressfile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "number"), name="address_file_piece_once"
                    )
                ]
            },
        ),
    ]
