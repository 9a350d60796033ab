from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify

from articles import policy
from articles.models import Article
from articles.models.images import refuse_headline

from .fields import BylineField, MomentField, TagsField
from .widgets import AlsoInInput

HEADLINE = {"rows": 2, "data-soft-limit": 80, "data-hard-limit": 240, "data-one-line": "true"}
DECK = {"rows": 2, "data-soft-limit": 160, "data-hard-limit": 400, "data-one-line": "true"}


class ArticleForm(forms.ModelForm):
    """An article as it was typed. `person` is whoever typed it."""

    person: policy.Person

    byline = BylineField(help_text="In the order in which the names are to stand.")
    tags = TagsField(required=False, help_text="Choose, or type a new one and press Enter.")

    class Meta:
        model = Article
        exclude: list[str] = []
        widgets = {
            "headline": forms.Textarea(HEADLINE),
            "deck": forms.Textarea(DECK),
            "author_note": forms.Textarea({"rows": 2}),
            "lead_caption": forms.Textarea({"rows": 2}),
            "also_in": AlsoInInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance
        if article.pk:
            self.initial["byline"] = article.byline
        for name in ("headline", "deck"):
            if name in self.fields:
                # A browser would cut a pasted text there without a word.
                self.fields[name].widget.attrs.pop("maxlength", None)
        if slug := self.fields.get("slug"):
            slug.required = False
            if article.published_at is None:
                slug.widget.attrs["data-follows"] = self.add_prefix("headline")

    def clean_headline(self) -> str:
        return one_line(self.cleaned_data["headline"])

    def clean_deck(self) -> str:
        return one_line(self.cleaned_data["deck"])

    def clean_slug(self) -> str:
        """Left empty, it is made of the headline."""
        slug = (self.cleaned_data["slug"] or slugify(self.data.get("headline", ""))[:120]).strip(
            "-"
        )
        if not slug:
            raise ValidationError("Write an address of Latin letters, digits and hyphens.")
        return slug.lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, field in self.fields.items():
            if isinstance(field, MomentField) and name in cleaned:
                before = getattr(self.instance, name)
                cleaned[name] = field.clean_unless_same(cleaned[name], before)
        if "_publish" in self.data and policy.may_publish(self.person):
            self.take_publication(cleaned)
        if cleaned.get("lead_image") and cleaned.get("headline"):
            try:
                refuse_headline(cleaned["lead_image"].alt, cleaned["headline"])
            except ValidationError:
                self.add_error(
                    "lead_image",
                    "The picture's alternative text only repeats the headline. Say in the "
                    "picture's own form what is seen, or choose another picture.",
                )
        return cleaned

    def take_publication(self, cleaned: dict[str, Any]) -> None:
        """What “Publish now” means for the dates, before the constraints judge them."""
        now = timezone.now()
        cleaned["published_at"] = now
        cleaned["stage"] = Article.Stage.READY
        if cleaned.get("updated_at") and cleaned["updated_at"] < now:
            # It was updated before it came out again; nothing to tell a reader.
            cleaned["updated_at"] = None


def one_line(text: str) -> str:
    return " ".join(text.split())
