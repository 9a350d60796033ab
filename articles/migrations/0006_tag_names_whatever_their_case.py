"""Of tags whose names differ in their capitals only there is one from now on, on both databases.

The constraint stands in no model, since the model of tags is taggit's. A migration of taggit that
lets Django rebuild its table on SQLite drops it; a test says so, and `TAGS_ARE_ONE` makes it again.
"""

from django.db import migrations
from django.db.models import UniqueConstraint
from django.db.models.functions import Lower

from articles.names import folded

TAGS_ARE_ONE = UniqueConstraint(Lower("name"), name="tag_name_is_one_whatever_its_case")


def merge_tags(apps, schema_editor):
    """Let the oldest tag of a name stand for the others; what leads to them leads to it."""
    Tag = apps.get_model("taggit", "Tag")
    kept = {}
    for tag in Tag.objects.order_by("pk"):
        if (first := kept.setdefault(folded(tag.name), tag)) != tag:
            for relation in Tag._meta.get_fields(include_hidden=True):
                if relation.one_to_many:
                    move(relation, tag, first)
            tag.delete()


def move(relation, tag, first):
    model, name = relation.related_model, relation.field.name
    if model._meta.label == "taggit.TaggedItem":
        doubled = model.objects.filter(tag=first).values("content_type", "object_id")
        for row in doubled:
            model.objects.filter(tag=tag, **row).delete()
    model._base_manager.filter(**{name: tag}).update(**{name: first})


def add_constraint(apps, schema_editor):
    schema_editor.add_constraint(apps.get_model("taggit", "Tag"), TAGS_ARE_ONE)


def remove_constraint(apps, schema_editor):
    schema_editor.remove_constraint(apps.get_model("taggit", "Tag"), TAGS_ARE_ONE)


class Migration(migrations.Migration):
    # PostgreSQL changes no table whose rows the same transaction has moved.
    atomic = False
    dependencies = [
        ("articles", "0005_autosaves_outlive_their_article"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
    ]

    operations = [
        migrations.RunPython(merge_tags, migrations.RunPython.noop, atomic=True),
        migrations.RunPython(add_constraint, remove_constraint, elidable=False),
    ]
