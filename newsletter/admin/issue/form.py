"""What editors type of an issue: its own fields, and its articles in their order."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from articles import prose
from articles.admin.fields import MomentField, OneLineField, ProseFormField
from articles.dates import moment_in_words
from articles.keys import row_key
from articles.models import Article
from newsletter.checklist import PREHEADER_READS_WELL, SUBJECT_READS_WELL
from newsletter.models import Issue, IssueItem, MailingList

# A request may have a thousand fields (DATA_UPLOAD_MAX_NUMBER_FIELDS), and an article has six.
MOST_ITEMS, MOST_ROWS = 120, 160


def counted(soft: int, hard: int, least: int = 0) -> dict[str, str]:
    """Mark the field for the script that counts its characters."""
    return {
        "data-least": str(least),
        "data-soft-limit": str(soft),
        "data-hard-limit": str(hard),
        "data-long": "longer than inboxes show",
        "data-short": "inboxes fill up with the first headline",
    }


class IssueForm(forms.ModelForm):
    """The words of an issue. `seen` is `modified_at` of the draft that the form shows, so that a
    later save loses nothing of a colleague's."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Issue
        fields = [
            "list",
            "subject",
            "preheader",
            "opening",
            "joined_from",
            "joined_until",
            "is_in_archive",
        ]
        field_classes = {
            "subject": OneLineField,
            "preheader": OneLineField,
            "opening": ProseFormField,
            "joined_from": MomentField,
            "joined_until": MomentField,
        }
        widgets = {
            "subject": forms.TextInput(counted(SUBJECT_READS_WELL, 150)),
            "preheader": forms.TextInput(
                counted(PREHEADER_READS_WELL[1], 200, PREHEADER_READS_WELL[0])
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = mark_of(self.instance)
        if MailingList.objects.count() < 2:
            del self.fields["list"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, before = cleaned.get("joined_from"), cleaned.get("joined_until")
        if since and before and since >= before:
            self.add_error("joined_until", "Nobody joined before that and since the other time.")
        return cleaned


def mark_of(issue: Issue) -> str:
    return issue.modified_at.isoformat()


def read_mark(mark: str) -> datetime | None:
    """Reverse `mark_of()`; return None for what it never wrote."""
    try:
        return parse_datetime(mark)
    except ValueError:
        return None


class ItemForm(forms.Form):
    """An article in the words of the mail. Looked up by the formset, all with one query."""

    article_in_hand: Article | None = None

    article = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    position = forms.IntegerField(label="Place", min_value=0, max_value=30_000, required=False)
    heading = OneLineField(
        max_length=80, required=False, widget=forms.TextInput({"list": "issue-headings"})
    )
    headline = OneLineField(
        label="Headline for the mail",
        max_length=240,
        required=False,
        widget=forms.Textarea({"rows": 1}),
    )
    summary = forms.CharField(
        label="Summary for the mail",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    is_out = forms.BooleanField(label="Take out", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].widget.attrs.pop("maxlength", None)

    @property
    def shown_heading(self) -> str:
        return " ".join(str(self["heading"].value() or "").split())

    @property
    def is_taken_out(self) -> bool:
        return bool(self["is_out"].value())


class ItemForms(forms.BaseFormSet):
    """The articles of an issue in their order."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": "An issue holds at most %(num)d articles.",
    }

    @cached_property
    def in_order(self) -> list[ItemForm]:
        """Return the forms in the order in which they are shown, each with its article."""
        forms_: list[ItemForm] = list(self.forms)
        keys = {key for form in forms_ if (key := row_key(form["article"].value()))}
        articles = Article.objects.for_cards().in_bulk(keys)
        for form in forms_:
            form.article_in_hand = articles.get(row_key(form["article"].value()) or 0)
        forms_.sort(key=lambda form: row_key(form["position"].value()) or 0)
        return forms_

    def clean(self) -> None:
        if any(self.errors):
            return
        keys = [row.article_id for row in self.rows()]
        if len(keys) != len(set(keys)):
            raise ValidationError("An article stands in the issue twice. Take one of them out.")

    def rows(self) -> list[IssueItem]:
        """Return the items as they were typed, without articles that were deleted meanwhile."""
        kept = [
            form
            for form in self.in_order
            if form.article_in_hand and not form.cleaned_data.get("is_out")
        ]
        return [
            IssueItem(
                article=form.article_in_hand,
                position=position,
                **{name: form.cleaned_data[name] for name in ("heading", "headline", "summary")},
            )
            for position, form in enumerate(kept, start=1)
        ]


ItemFormSet = cast(
    type[ItemForms],
    forms.formset_factory(
        ItemForm, ItemForms, extra=0, max_num=MOST_ITEMS, validate_max=True, absolute_max=MOST_ROWS
    ),
)


class Draft:
    """The two forms of an issue as one: all of them is stored or nothing."""

    def __init__(self, issue: Issue, data: Any = None) -> None:
        self.issue = issue
        self.form = IssueForm(data, instance=issue)
        self.items = ItemFormSet(
            data, prefix="items", initial=items_of(issue) if data is None else None
        )

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.items.is_valid()])

    @property
    def errors(self) -> list[str]:
        """Return the sentences above the form; those of fields stand beside them too."""
        found = [
            f"{self.form[name].label}: {text}" if name in self.form.fields else str(text)
            for name, texts in self.form.errors.items()
            for text in texts
        ]
        found += map(str, self.items.non_form_errors())
        for form in self.items.in_order:
            name = form.article_in_hand or "An article"
            found += [f"“{name}”: {text}" for texts in form.errors.values() for text in texts]
        return found

    @transaction.atomic
    def store(self) -> bool:
        """Store what was typed unless the draft has changed since it was seen; return whether it
        was stored."""
        cleaned = dict(self.form.cleaned_data)
        seen = read_mark(cleaned.pop("seen"))
        if seen is None or not self.issue.write(seen, **cleaned):
            return False
        self.issue.items.all().delete()
        rows = self.items.rows()
        for row in rows:
            row.issue = self.issue
        IssueItem.objects.bulk_create(rows)
        return True


def items_of(issue: Issue) -> list[dict[str, Any]]:
    names = ("article", "position", "heading", "headline", "summary")
    rows = issue.items.filter(article__isnull=False)
    return [dict(zip(names, row, strict=True)) for row in rows.values_list(*names)]


def differences(typed: Draft) -> list[tuple[str, str]]:
    """Return names and stored words of the fields that the form has otherwise. `typed` must be
    valid."""
    stored = Issue.objects.get(pk=typed.issue.pk)
    found = [
        (str(typed.form[name].label), in_words(getattr(stored, name)))
        for name, mine in typed.form.cleaned_data.items()
        if name != "seen" and getattr(stored, name) != mine
    ]
    theirs, mine = list(stored.items.for_mail()), typed.items.rows()
    if lines_of(theirs) != lines_of(mine):
        found.append(("Articles", lines_of(theirs)))
    return found


def lines_of(rows: list[IssueItem]) -> str:
    return "\n".join(
        " / ".join(filter(None, (row.heading, row.shown_headline, row.summary))) for row in rows
    )


def in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_in_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith("<"):
        return prose.mail_text(value, settings.SITE_URL)
    return "" if value is None else str(value)
