from typing import Any

from django import forms
from django.contrib import admin
from taggit import admin as taggit_admin
from taggit.models import Tag

from articles import public
from articles.models import Author, Format, Section, Series
from articles.names import refuse_taken_name

from .base import NewsroomAdmin


@admin.register(Format, Series)
class GroupAdmin(NewsroomAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]

    def view_on_site(self, obj: Any) -> str | None:
        is_public = public.is_public(obj)
        return super().view_on_site(obj) if is_public else None


@admin.register(Author)
class AuthorAdmin(GroupAdmin):
    list_display = ["name", "kind", "role", "affiliation"]
    list_filter = ["kind"]
    search_fields = ["name", "own_name", "slug"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "own_name", "own_name_language"]}),
        ("Who it is", {"fields": ["kind", "role", "affiliation", "bio", "portrait", "links"]}),
    ]


@admin.register(Section)
class SectionAdmin(GroupAdmin):
    list_display = ["name", "slug", "position", "in_menu"]
    list_editable = ["position", "in_menu"]


# taggit's own form would list every article that has the tag.
admin.site.unregister(taggit_admin.Tag)


class TagForm(forms.ModelForm):
    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        refuse_taken_name(Tag(pk=self.instance.pk, name=cleaned.get("name", "")))
        return cleaned


@admin.register(Tag)
class TagAdmin(GroupAdmin):
    form = TagForm
    ordering = ["name"]
