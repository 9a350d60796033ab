import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from articles import prose
from articles.admin.fields import BylineField, ColleagueField, TagsField
from articles.admin.widgets import AlsoInInput
from articles.models import Article, Image, Snapshot
from articles.models.images import refuse_headline
from articles.models.snapshots import SINGLE, TEXTS, in_order
from articles.slugs import is_made_of

ONE_LINE = {"rows": 2, "data-one-line": "true", "data-long": "longer than reads well"}
HEADLINE = {**ONE_LINE, "data-soft-limit": 80, "data-hard-limit": 240}
DECK = {**ONE_LINE, "data-soft-limit": 160, "data-hard-limit": 400}
# What stands in the article's row and in no revision. The form sends along what it showed, so
# that only what somebody changed is stored, whatever a colleague did meanwhile.
DESK_FIELDS = ("stage", "assignee", "due_on")


class ArticleForm(forms.ModelForm):
    """A working copy as it was typed."""

    byline = BylineField(help_text="In the order in which the names are to stand.")
    assignee = ColleagueField(help_text="Who works on it now.")
    tags = TagsField(required=False, help_text="Choose, or type a new one and press Enter.")
    # The revision that the form was begun with, and the name of this open form.
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    session = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # The unsaved text that it shows, as it was then.
    took_up = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = [*TEXTS, *SINGLE, "also_in", "tags", *DESK_FIELDS]
        widgets = {
            "headline": forms.Textarea(HEADLINE),
            "deck": forms.Textarea(DECK),
            "author_note": forms.Textarea({"rows": 2}),
            "lead_alt": forms.Textarea({"rows": 2}),
            "lead_caption": forms.Textarea({"rows": 2}),
            "also_in": AlsoInInput,
            "due_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = self.instance
        self.initial.setdefault("session", uuid.uuid4())
        if article.pk:
            self.initial["byline"] = article.byline
            self.initial["tags"] = list(article.tags.all())
            self.initial.setdefault("base", article.working_copy_id)
        for name in ("headline", "deck"):
            if name in self.fields:
                # A browser would cut a pasted text there without a word.
                self.fields[name].widget.attrs.pop("maxlength", None)
        for name in DESK_FIELDS:
            if name in self.fields:
                self.fields[name].show_hidden_initial = bool(article.pk)

    @property
    def content(self) -> Snapshot:
        """The valid form as a snapshot; what it does not ask for is as the article has it."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {name: cleaned[name] for name in TEXTS if name in cleaned}
        values |= {name: cleaned[name] and cleaned[name].pk for name in SINGLE if name in cleaned}
        return replace(
            Snapshot.of(self.instance),
            **values,
            also_in=in_order(section.pk for section in cleaned["also_in"]),
            tags=in_order(cleaned["tags"]),
            authors=tuple(author.pk for author in cleaned["byline"]),
        )

    @property
    def desk_changes(self) -> dict[str, Any]:
        changed = [name for name in DESK_FIELDS if name in self.changed_data]
        handed_in = {"stage": Article.Stage.IN_REVIEW} if "_hand_in" in self.data else {}
        return {**{name: self.cleaned_data[name] for name in changed}, **handed_in}

    def clean_headline(self) -> str:
        return one_line(self.cleaned_data["headline"])

    def clean_deck(self) -> str:
        return one_line(self.cleaned_data["deck"])

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        keys = prose.image_keys(body)
        if keys and Image.objects.without_alt().filter(pk__in=keys).exists():
            raise ValidationError(
                "A picture in the text has no alternative text yet. Describe it in its own form."
            )
        return body

    def clean_slug(self) -> str:
        """Left empty, it is made of the headline, and what was made of the headline follows it
        until readers have seen the article."""
        slug = self.cleaned_data["slug"].strip("-").lower()
        headline = made_of = one_line(self.data.get("headline", ""))
        if slug == self.initial.get("slug"):
            made_of = str(self.initial.get("headline", ""))
            if made_of == headline or self.instance.has_been_public:
                return slug
        if slug and not is_made_of(slug, made_of):
            return slug
        return Article(pk=self.instance.pk, headline=headline).free_slug()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("lead_image"):
            self.judge_lead(cleaned["lead_image"], cleaned.get("lead_alt", ""))
        return cleaned

    def judge_lead(self, lead: Image, alt: str) -> None:
        if not lead.alt:
            self.add_error(
                "lead_image", "It has no alternative text yet. Describe it in its own form."
            )
        elif headline := self.cleaned_data.get("headline"):
            try:
                refuse_headline(alt or lead.alt, headline)
            except ValidationError:
                self.add_error(
                    "lead_alt" if alt else "lead_image",
                    "The picture's alternative text only repeats the headline. Say in the "
                    "picture's own form what is seen, or choose another picture.",
                )


def one_line(text: str) -> str:
    return " ".join(text.split())
