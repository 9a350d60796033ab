"""The forms of the front page editor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from taggit.models import Tag

from articles.admin.article.form import one_line
from articles.admin.fields import MomentField
from articles.admin.widgets import ChosenSelect, PictureInput
from articles.keys import row_keys
from articles.models import Article, FrontPage, Slot
from articles.models.front_page import Place

from .editor import Selection, label_of

GONE = "Somebody has emptied that place meanwhile. This is how the page stands now."


class MomentForm(forms.Form):
    """The moment at which the editor shows the page; empty: now."""

    at = MomentField(required=False, label="As it stands at")


class SlotActionForm(forms.Form):
    """A selection and the action on it: exactly one of the first five fields is sent."""

    up = forms.CharField(required=False)
    down = forms.CharField(required=False)
    move = forms.CharField(required=False)
    pin = forms.CharField(required=False)
    clear = forms.CharField(required=False)
    to = forms.CharField(required=False)

    action: str
    selection: Selection

    def __init__(self, data: Any, names: Mapping[Place, str]) -> None:
        super().__init__(data)
        self.names = names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [name for name in ("up", "down", "move", "pin", "clear") if cleaned.get(name)]
        if len(chosen) != 1:
            raise ValidationError("Nothing was chosen.")
        self.action = chosen[0]
        self.selection = Selection.read(cleaned[self.action])
        if self.action == "move":
            named = {str(place): place for place in self.names}
            if cleaned["to"] not in named:
                raise ValidationError("Choose a place of the front page.")
            cleaned["to"] = named[cleaned["to"]]
        elif self.selection.place not in self.names:
            raise ValidationError(GONE)
        return cleaned

    def apply_to(self, draft: FrontPage, person: User) -> str:
        """Do it to the draft, and say what was done. Raises ValidationError where it cannot be."""
        slots, selection = draft.by_place, self.selection
        slot = next((one for one in slots.values() if one.key == selection.key), None)
        if selection.key and slot is None:
            raise ValidationError(GONE)
        leaving = slot.place if slot else selection.place
        if self.action == "clear":
            if slot is None:
                raise ValidationError("That place fills itself already.")
            if slot.headline or slot.deck:
                draft.keep_copy(person, f"Before “{title(slot)}” was taken off")
            draft.lay_out({place: one for place, one in slots.items() if place != slot.place})
            return f"{self.names.get(slot.place, 'The place')} fills itself again."
        if slot is None:
            if not Article.objects.filter(pk=selection.article or 0).exists():
                raise ValidationError("That article is no longer there.")
            slot = Slot(article_id=selection.article)
        to = self.destination(leaving)
        # Where somebody else has set the place that an article stood at by rule, nothing is left.
        is_left = leaving is not None and (selection.key or leaving not in slots)
        pushed_out = insert(draft, slot, to, leaving if is_left else None, person)
        return f"{self.names[to]} is “{title(slot)}” now.{pushed_out}"

    def destination(self, leaving: Place | None) -> Place:
        if self.action == "move" or leaving is None:
            return cast(Place, self.cleaned_data["to"])
        step = {"up": -1, "pin": 0, "down": 1}[self.action]
        last = Slot.length_of(leaving.area)
        return leaving._replace(position=min(max(leaving.position + step, 1), last))


def insert(draft: FrontPage, slot: Slot, to: Place, leaving: Place | None, person: User) -> str:
    # What is pushed out is not lost: the draft as it was is kept under the versions.
    before = draft.by_place
    pushed_out = draft.put(slot, to, leaving)
    if pushed_out is None:
        return ""
    name = f"“{title(pushed_out)}”"
    draft.keep_copy(person, f"Before {name} was pushed out", before)
    return (
        f" {name} was pushed out, for no place below was free. See Versions for the draft before."
    )


def title(slot: Slot) -> str:
    if slot.article:
        return slot.headline or slot.article.headline
    group = slot.section or slot.format or slot.tag
    return f"Newest of {group}" if group else "The slot"


class ArticleInput(ChosenSelect):
    """One article, found by typing."""

    field, extra = "article", {"data-single": "yes"}
    placeholder = "Find an article"

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-combobox": reverse("admin:articles_frontpage_find") + "?"}

    def labels(self, value: list[str]) -> list[tuple[str, str]]:
        found = Article.objects.filter(pk__in=row_keys(value))
        return [(str(one.pk), label_of(one)) for one in found]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        return chosen[-1] if chosen else ""


class SlotForm(forms.ModelForm):
    """A slot as somebody wants it.

    What was shown is sent along, so that the work of two people is joined field by field: what
    one did not touch stays as the other left it.
    """

    place = forms.ChoiceField(help_text="Choosing another one moves it there.")
    tag = forms.ModelChoiceField(
        Tag.objects.all(),
        to_field_name="name",
        required=False,
        label="Newest with a tag",
        widget=forms.TextInput({"list": "tags", "autocomplete": "off"}),
        error_messages={"invalid_choice": "There is no tag of this name."},
    )

    class Meta:
        model = Slot
        fields = ["article", "until", "headline", "deck", "image", "section", "format", "tag"]
        field_classes = {"until": MomentField}
        widgets = {
            "article": ArticleInput,
            "headline": forms.Textarea({"rows": 2, "maxlength": 240}),
            "deck": forms.Textarea({"rows": 3, "maxlength": 400}),
            "image": PictureInput,
        }
        labels = {
            "article": "Pinned article",
            "until": "Until",
            "headline": "Headline on this page",
            "deck": "Deck on this page",
            "image": "Picture on this page",
            "section": "Newest of a section",
            "format": "Newest of a format",
        }
        help_texts = {
            "article": "It appears when it is public; a draft may be pinned before.",
            "until": "Then the place fills itself. Empty: until somebody changes it.",
            "headline": "Empty: the article’s own.",
            "deck": "Empty: the article’s own.",
            "image": "Without one, the article’s lead picture.",
        }

    def __init__(
        self, *args: Any, names: Mapping[Place, str], other: str = "", **kwargs: Any
    ) -> None:
        """`other` is the name of whoever had the last hand in the draft."""
        super().__init__(*args, **kwargs)
        self.other = other
        self.joined: list[str] = []
        self.pushed_out = ""
        self.places = list(names)
        self.initial["tag"] = self.instance.tag
        places = [(str(place), name) for place, name in names.items()]
        cast(forms.ChoiceField, self.fields["place"]).choices = places
        for name in self._meta.fields or ():
            self.fields[name].show_hidden_initial = True
            self.fields[name].required = False

    def clean_headline(self) -> str:
        return one_line(self.cleaned_data["headline"])

    def clean_deck(self) -> str:
        return one_line(self.cleaned_data["deck"])

    def clean_until(self) -> datetime | None:
        until = self.cleaned_data["until"]
        if until and "until" in self.changed_data and until <= timezone.now():
            raise ValidationError("That moment has passed. Choose a later one, or empty the field.")
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.join(cleaned)
        if "article" in cleaned and not cleaned["article"]:
            for name in ("until", "headline", "deck", "image"):
                if cleaned.get(name):
                    self.add_error(name, "Only a pinned article has this. Pin one, or empty it.")
        return cleaned

    def join(self, cleaned: dict[str, Any]) -> None:
        """Keep what somebody else changed meanwhile, and ask where both changed the same field."""
        for name in [name for name in self._meta.fields or () if name in cleaned]:
            theirs = getattr(self.instance, name)
            if name not in self.changed_data:
                if cleaned[name] != theirs:
                    self.joined.append(str(self.fields[name].label))
                cleaned[name] = theirs
            elif theirs not in (cleaned[name], self.shown(name)):
                self.ask_again(name, theirs)

    def shown(self, name: str) -> Any:
        field, sent = self.fields[name], self.data.get(self.add_initial_prefix(name))
        try:
            return field.clean(sent)
        except ValidationError:
            return None

    def ask_again(self, name: str, theirs: Any) -> None:
        self.data = cast(QueryDict, self.data).copy()
        if isinstance(theirs, datetime):
            theirs = timezone.localtime(theirs).strftime("%Y-%m-%d %H:%M:%S")
        value = self.fields[name].prepare_value(theirs)
        self.data[self.add_initial_prefix(name)] = "" if value is None else value
        who = self.other or "Somebody"
        words = f"“{theirs}”" if theirs else "nothing"
        self.add_error(
            name,
            ValidationError(
                f"{who} has put {words} here meanwhile. Save again to have yours instead.",
                code="meanwhile",
            ),
        )

    @property
    def has_met_another(self) -> bool:
        return any(self.has_error(name, "meanwhile") for name in self.fields)

    def store(self, draft: FrontPage, asked: Place, person: User) -> None:
        slot = self.instance
        chosen = next(place for place in self.places if str(place) == self.cleaned_data["place"])
        from_there = slot.place if slot.area else None
        to = from_there if from_there and chosen == asked else chosen
        if any(value for value in slot.content.values()):
            leaving = from_there or (to if to not in draft.by_place else None)
            self.pushed_out = insert(draft, slot, to, leaving, person)
        else:
            draft.lay_out({at: one for at, one in draft.by_place.items() if one.key != slot.key})

    def success_message(self, name: str) -> str:
        joined = f" {self.other} changed there meanwhile, and it is kept: " if self.joined else ""
        return f"{name} is saved.{joined}{', '.join(self.joined)}{self.pushed_out}"


class PublishFrontPageForm(forms.Form):
    """Publish the draft as somebody saw it: now, or at a moment to come."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    at = MomentField(required=False, label="At a time")
    note = forms.CharField(
        required=False, max_length=200, label="What is new", help_text="For colleagues."
    )
    # It stands above the buttons, which stay in sight while one scrolls.
    note.widget.attrs["form"] = "front-publish"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "_now" in self.data:
            cleaned["at"] = None
        elif "at" in cleaned:
            if cleaned["at"] is None:
                self.add_error("at", "Say when.")
            elif cleaned["at"] <= timezone.now():
                self.add_error("at", "That moment has passed. Choose a later one, or publish now.")
        return cleaned
