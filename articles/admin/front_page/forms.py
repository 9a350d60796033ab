"""What the chiefs type and choose on the front page desk."""

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

from articles.models import Article, FrontPage, Slot
from articles.models.front import Place

from .article_form import one_line
from .fields import MomentField
from .front_desk import Taken, described
from .widgets import ChosenSelect, PictureInput

GONE = "Somebody has emptied that place meanwhile. This is how the page stands now."


class MomentForm(forms.Form):
    """The moment at which the desk shows the page; empty: now."""

    at = MomentField(required=False, label="As it stands at")


class GestureForm(forms.Form):
    """One thing taken hold of, and what is done with it: one of the first five is sent."""

    up = forms.CharField(required=False)
    down = forms.CharField(required=False)
    move = forms.CharField(required=False)
    pin = forms.CharField(required=False)
    clear = forms.CharField(required=False)
    to = forms.CharField(required=False)

    verb: str
    taken: Taken

    def __init__(self, data: Any, names: Mapping[Place, str]) -> None:
        super().__init__(data)
        self.names = names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        verbs = [name for name in ("up", "down", "move", "pin", "clear") if cleaned.get(name)]
        if len(verbs) != 1:
            raise ValidationError("Nothing was chosen.")
        self.verb = verbs[0]
        self.taken = Taken.read(cleaned[self.verb])
        if self.verb == "move":
            named = {str(place): place for place in self.names}
            if cleaned["to"] not in named:
                raise ValidationError("Choose a place of the front page.")
            cleaned["to"] = named[cleaned["to"]]
        elif self.taken.place not in self.names:
            raise ValidationError(GONE)
        return cleaned

    def carry_out(self, draft: FrontPage, person: User) -> str:
        """Do it to the draft, and say what was done. Raises ValidationError where it cannot be."""
        slots, taken = draft.by_place, self.taken
        slot = next((one for one in slots.values() if one.key == taken.key), None)
        if taken.key and slot is None:
            raise ValidationError(GONE)
        leaving = slot.place if slot else taken.place
        if self.verb == "clear":
            if slot is None:
                raise ValidationError("That place fills itself already.")
            if slot.headline or slot.deck:
                draft.keep_copy(person, f"Before “{title(slot)}” was taken off")
            draft.lay_out({place: one for place, one in slots.items() if place != slot.place})
            return f"{self.names.get(slot.place, 'The place')} fills itself again."
        if slot is None:
            if not Article.objects.filter(pk=taken.article or 0).exists():
                raise ValidationError("That article is no longer there.")
            slot = Slot(article_id=taken.article)
        to = self.destination(leaving)
        # Where somebody else has set the place that an article stood at by rule, nothing is left.
        is_left = leaving is not None and (taken.key or leaving not in slots)
        homeless = draft.put(slot, to, leaving if is_left else None)
        said = f"{self.names[to]} is “{title(slot)}” now."
        return said + (f" “{title(homeless)}” has no place any more." if homeless else "")

    def destination(self, leaving: Place | None) -> Place:
        if self.verb == "move" or leaving is None:
            return cast(Place, self.cleaned_data["to"])
        step = {"up": -1, "pin": 0, "down": 1}[self.verb]
        last = Slot.length_of(leaving.area)
        return leaving._replace(position=min(max(leaving.position + step, 1), last))


def title(slot: Slot) -> str:
    return slot.headline or (slot.article.headline if slot.article else "The slot")


class ArticleInput(ChosenSelect):
    """One article, found by typing."""

    def __init__(self) -> None:
        super().__init__("article", {"data-single": "an article"})

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-combobox": reverse("admin:articles_frontpage_find") + "?"}

    def labels(self, value: list[str]) -> list[tuple[str, str]]:
        keys = [key for key in value if key.isdecimal()]
        return [(str(one.pk), described(one)) for one in Article.objects.filter(pk__in=keys)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        return chosen[-1] if chosen else ""


class TagField(forms.ModelChoiceField):
    """A tag by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Tag.objects.all(),
            to_field_name="name",
            widget=forms.TextInput({"list": "tags", "autocomplete": "off"}),
            error_messages={"invalid_choice": "There is no tag of this name."},
            **kwargs,
        )


class SlotForm(forms.ModelForm):
    """A slot as somebody wants it.

    What was shown is sent along, so that the work of two people is joined field by field: what
    one did not touch stays as the other left it.
    """

    place = forms.ChoiceField(help_text="Choosing another one moves it there.")
    tag = TagField(required=False, label="Newest with a tag")

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
        self.places = list(names)
        self.initial["tag"] = self.instance.tag
        self.fields["place"].choices = [(str(place), name) for place, name in names.items()]  # type: ignore[attr-defined]
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
        """What the field held when the form was opened."""
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
        """Whether somebody else has changed the same field meanwhile."""
        return any(
            error.code == "meanwhile"
            for errors in self.errors.as_data().values()
            for error in errors
        )

    def store(self, draft: FrontPage, asked: Place) -> None:
        """Let the slot stand in the draft as it was typed, at the place that was chosen."""
        slot = self.instance
        chosen = next(place for place in self.places if str(place) == self.cleaned_data["place"])
        from_there = slot.place if slot.area else None
        to = from_there if from_there and chosen == asked else chosen
        if any(value for value in slot.content.values()):
            draft.put(slot, to, from_there or (to if to not in draft.by_place else None))
        else:
            draft.lay_out({at: one for at, one in draft.by_place.items() if one.key != slot.key})

    def said(self, name: str) -> str:
        joined = f" {self.other} changed there meanwhile, and it is kept: " if self.joined else ""
        return f"{name} is saved.{joined}{', '.join(self.joined)}"


class PublishForm(forms.Form):
    """Publish the draft as somebody saw it: now, or at a moment to come."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    at = MomentField(required=False, label="At a time")
    note = forms.CharField(
        required=False, max_length=200, label="What is new", help_text="For colleagues."
    )

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
