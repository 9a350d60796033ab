"""Bulk actions on articles: each judges and changes one row at a time."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.formats import date_format

from articles import policy
from articles.admin.fields import ColleagueField, TagsField, name_of
from articles.admin.status import status_in_words
from articles.admin.widgets import LanguageSelect
from articles.checklist import publish_refusals
from articles.dates import moment_in_words
from articles.languages import language_in_words, validate_language
from articles.models import Article, Revision, Section
from articles.names import folded


class BulkAction(ABC):
    """An entry of the list's menu. `Form` asks what it needs to know."""

    name: str
    label: str
    button: str
    changes_text = False
    decides_publication = False

    class Form(forms.Form):
        pass

    def form(self, user: User, data: Any = None) -> forms.Form:
        return self.Form(data, prefix="bulk")

    def is_for(self, user: policy.Person) -> bool:
        if self.decides_publication:
            return policy.may_publish(user)
        return policy.may(user, "change", Article)

    def refusal(self, user: User, article: Article) -> str:
        """Return why this row is left out, in words; empty if it is not."""
        rule = policy.may_publish_article if self.decides_publication else policy.may_edit
        return "" if rule(user, article) else "You may not change it as it stands."

    def consequence(self, article: Article) -> str:
        if self.changes_text and article.is_public:
            return "Public: readers see this once its changes are published."
        return ""

    @abstractmethod
    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        """Do it to a locked row, and say for the log what was done; empty for nothing.

        Raises ValidationError where it cannot be done.
        """

    @staticmethod
    def rewrite(user: User, article: Article, note: str, **values: Any) -> bool:
        newest = Revision.objects.newest(article)
        typed = replace(newest.content, **values)
        if typed == newest.content:
            return False
        Revision.objects.save_revision(article, typed, base=newest.pk, by=user, note=note)
        return True


class Assign(BulkAction):
    name, label, button = "assign", "Assign to…", "Assign"

    class Form(forms.Form):
        assignee = ColleagueField(help_text="Who works on them from now on.")

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        if article.assignee == asked["assignee"]:
            return ""
        article.update_columns(assignee=asked["assignee"])
        return f"Assigned to {name_of(asked['assignee'])}."


class SetDue(BulkAction):
    name, label, button = "due", "Set the due date…", "Set the date"

    class Form(forms.Form):
        due_on = forms.DateField(
            label="Due",
            required=False,
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            help_text="Left empty, they are due at no date.",
        )

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        if article.due_on == asked["due_on"]:
            return ""
        article.update_columns(due_on=asked["due_on"])
        return f"Due {date_format(article.due_on, 'j F Y')}." if article.due_on else "Due no more."


class AddTags(BulkAction):
    name, label, button = "tag", "Add tags…", "Add tags"
    changes_text = True

    class Form(forms.Form):
        tags = TagsField(help_text="They are added to those that each article has.")

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        has = Revision.objects.newest(article).content.tags
        known = {folded(tag) for tag in has}
        new = [tag for tag in asked["tags"] if folded(tag) not in known]
        words = f"Tagged {', '.join(new)}."
        tags = tuple(sorted({*has, *new}))
        return words if self.rewrite(user, article, words[:200], tags=tags) else ""


class SetLanguage(BulkAction):
    name, label, button = "language", "Set the language…", "Set the language"
    changes_text = True

    class Form(forms.Form):
        language = forms.CharField(
            required=False,
            widget=LanguageSelect,
            validators=[validate_language],
            help_text="Of their texts, where it is not the publication's.",
        )

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        language = asked["language"]
        words = f"Language: {language_in_words(language) or 'the publication’s'}."
        return words if self.rewrite(user, article, words, language=language) else ""


class MoveSection(BulkAction):
    name, label, button = "move", "Move to section…", "Move"
    changes_text = True

    class Form(forms.Form):
        section = forms.ModelChoiceField(
            Section.objects.all(), required=False, empty_label="No section"
        )

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        section = asked["section"]
        words = f"Moved to {section}." if section else "Taken out of its section."
        key = section.pk if section else None
        return words if self.rewrite(user, article, words, section=key) else ""


class MoveStage(BulkAction):
    name, label, button = "stage", "Hand in or take back…", "Move"

    class Form(forms.Form):
        stage = forms.ChoiceField()

    def form(self, user: User, data: Any = None) -> forms.Form:
        form = super().form(user, data)
        cast(forms.ChoiceField, form.fields["stage"]).choices = [
            (stage, Article.Stage(stage).label) for stage in policy.stages(user)
        ]
        return form

    def refusal(self, user: User, article: Article) -> str:
        if article.published_at:
            return f"{status_in_words(article)}."
        return super().refusal(user, article)

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        if article.stage == asked["stage"]:
            return ""
        article.update_columns(stage=asked["stage"])
        return f"Stage: {article.get_stage_display()}."


class Publish(BulkAction):
    name, label, button = "publish", "Publish…", "Publish now"
    decides_publication = True

    def refusal(self, user: User, article: Article) -> str:
        if refusal := super().refusal(user, article):
            return refusal
        if article.published_at and not article.is_public:
            return f"{status_in_words(article)}. Change that in its form."
        if article.scheduled_at:
            return f"A change of it is scheduled for {moment_in_words(article.scheduled_at)}."
        return " ".join(publish_refusals(article, article.content, article.embargoed_until))

    def consequence(self, article: Article) -> str:
        return "Public: its changes take the place of the text." if article.is_public else ""

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        article.publish(by=user)
        return "Published."


class Withdraw(BulkAction):
    name, label, button = "withdraw", "Take off the site…", "Take them off the site"
    decides_publication = True

    def refusal(self, user: User, article: Article) -> str:
        refusal = super().refusal(user, article)
        return refusal or ("" if article.published_at else "It is not published.")

    def consequence(self, article: Article) -> str:
        return f"{status_in_words(article)}."

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        article.withdraw()
        return "Taken off the site."


BULK_ACTIONS = [
    *(Assign(), SetDue(), AddTags(), SetLanguage(), MoveSection(), MoveStage()),
    *(Publish(), Withdraw()),
]
