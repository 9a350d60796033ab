"""What can be done to many articles at once: each act judges and changes one row at a time."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.utils.formats import date_format

from articles import policy
from articles.checklist import blocking
from articles.models import Article, Revision, Section

from .fields import ColleagueField, TagsField, name_of
from .state import in_words, moment


class Act(ABC):
    """An entry of the list's menu. `Form` asks what it needs to know."""

    name: str
    label: str
    button: str
    changes_text = False

    class Form(forms.Form):
        pass

    def form(self, user: User, data: Any = None) -> forms.Form:
        return self.Form(data, prefix="act")

    def is_for(self, user: policy.Person) -> bool:
        return policy.may(user, "change", Article)

    def refusal(self, user: User, article: Article) -> str:
        """Why this row is left out, in words; empty where it is not."""
        if policy.may(user, "change", Article, article):
            return ""
        return "You may not change it as it stands."

    def consequence(self, article: Article) -> str:
        """What somebody should know of this row before."""
        if self.changes_text and article.is_public:
            return "Public: readers see this once its changes are published."
        return ""

    @abstractmethod
    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        """Do it to a row that is held, and say for the log what was done; empty for nothing.

        Raises ValidationError where it cannot be done.
        """

    @staticmethod
    def rewrite(user: User, article: Article, note: str, **values: Any) -> bool:
        """Keep a version with these values; whether they differ from the working copy's."""
        newest = Revision.objects.newest(article)
        typed = replace(newest.content, **values)
        if typed == newest.content:
            return False
        Revision.objects.keep(article, typed, base=newest.pk, by=user, note=note)
        return True


class Assign(Act):
    name, label, button = "assign", "Assign to…", "Assign"

    class Form(forms.Form):
        assignee = ColleagueField(help_text="Who works on them from now on.")

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        if article.assignee == asked["assignee"]:
            return ""
        article.point(assignee=asked["assignee"])
        return f"Assigned to {name_of(asked['assignee'])}."


class SetDue(Act):
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
        article.point(due_on=asked["due_on"])
        return f"Due {date_format(article.due_on, 'j F Y')}." if article.due_on else "Due no more."


class AddTags(Act):
    name, label, button = "tag", "Add tags…", "Add tags"
    changes_text = True

    class Form(forms.Form):
        tags = TagsField(help_text="They are added to those that each article has.")

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        has = Revision.objects.newest(article).content.tags
        known = {tag.casefold() for tag in has}
        new = [tag for tag in asked["tags"] if tag.casefold() not in known]
        words = f"Tagged {', '.join(new)}."
        tags = tuple(sorted({*has, *new}))
        return words if self.rewrite(user, article, words[:200], tags=tags) else ""


class MoveSection(Act):
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


class MoveStage(Act):
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
            return f"{in_words(article)}."
        return super().refusal(user, article)

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        if article.stage == asked["stage"]:
            return ""
        article.point(stage=asked["stage"])
        return f"Stage: {article.get_stage_display()}."


class Publish(Act):
    name, label, button = "publish", "Publish…", "Publish now"

    def is_for(self, user: policy.Person) -> bool:
        return policy.may_publish(user)

    def refusal(self, user: User, article: Article) -> str:
        if not policy.may_publish(user):
            return "You may not publish."
        if article.is_public and article.is_in_step:
            return "It is public, and nothing of it waits."
        if article.published_at and not article.is_public:
            return f"{in_words(article)}. Change that in its form."
        if article.change_at:
            return f"A change of it is scheduled for {moment(article.change_at)}."
        return " ".join(check.what for check in blocking(article, article.content))

    def consequence(self, article: Article) -> str:
        return "Public: its changes take the place of the text." if article.is_public else ""

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        article.publish(by=user)
        return "Published."


class Withdraw(Act):
    name, label, button = "withdraw", "Take off the site…", "Take them off the site"

    def is_for(self, user: policy.Person) -> bool:
        return policy.may_publish(user)

    def refusal(self, user: User, article: Article) -> str:
        if not policy.may_publish(user):
            return "You may not publish or withdraw."
        return "" if article.published_at else "It is not published."

    def consequence(self, article: Article) -> str:
        return f"{in_words(article)}."

    def perform(self, user: User, article: Article, asked: dict[str, Any]) -> str:
        article.withdraw()
        return "Taken off the site."


ACTS: list[Act] = [
    Assign(),
    SetDue(),
    AddTags(),
    MoveSection(),
    MoveStage(),
    Publish(),
    Withdraw(),
]
