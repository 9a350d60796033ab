"""The versions of an article: listed, looked at, compared and restored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from articles import comparing, policy, prose
from articles.models import Article, Image, Revision

from .fields import name_of
from .state import in_words, moment

PAGE_LENGTH = 30
# Of the log, as many entries as stand between the versions of one page at most.
EVENTS = 100
# What is logged while a version is kept is told by the version.
AT_ONCE = timedelta(seconds=2)

KINDS = {
    "autosaved": "Typed, not saved",
    "saved": "Saved",
    "published": "Made public",
    "restored": "Restored",
    "merged": "Merged",
}


@dataclass
class Version:
    """A revision as the newsroom speaks of it."""

    revision: Revision
    article: Article

    @property
    def name(self) -> str:
        if self.revision.number:
            return f"Version {self.revision.number}"
        return "Your text that was not saved"

    @property
    def kind(self) -> str:
        return KINDS[self.revision.kind]

    @property
    def at(self) -> datetime:
        return self.revision.made_at

    @property
    def when(self) -> str:
        return moment(self.at)

    @property
    def who(self) -> str:
        return name_of(self.revision.made_by) if self.revision.made_by else ""

    @property
    def marks(self) -> list[str]:
        """What it is for the newsroom and for the public now."""
        article, key = self.article, self.revision.pk
        marks = ["Working copy"] if key == article.working_copy_id else []
        if key == article.released_id and article.is_public:
            marks.append("Public now")
        elif key == article.released_id and article.published_at:
            marks.append(in_words(article))
        if key == article.change_id:
            marks.append(f"Goes public on {moment(article.change_at)}")
        return marks

    @property
    def changes(self) -> str:
        """What was changed in it, in a line; against what it was begun with."""
        base = self.revision.base
        if base is None:
            return "The first version that was kept" if self.revision.number == 1 else ""
        told = comparing.changes(base.content, self.revision.content)
        return f"Changed: {', '.join(told)}" if told else "No change of the text"

    @property
    def address(self) -> str:
        return reverse("admin:articles_article_version", args=[self.article.pk, self.revision.pk])

    @property
    def restore_address(self) -> str:
        return reverse("admin:articles_article_restore", args=[self.article.pk, self.revision.pk])

    @property
    def own_changes_address(self) -> str:
        base = self.revision.base_id
        return compare_address(self.article, base, self.revision.pk) if base else ""

    @property
    def public_address(self) -> str:
        """Beside what is public, where that is another."""
        released = self.article.released_id
        if not self.article.is_public or released in (None, self.revision.pk):
            return ""
        return compare_address(self.article, released, self.revision.pk)


@dataclass
class Entry:
    """A line of the history: a version with one's own autosaves of it, or an event of the log."""

    at: datetime
    version: Version | None = None
    autosaves: list[Version] | None = None
    event: LogEntry | None = None

    @property
    def when(self) -> str:
        return moment(self.at)


def compare_address(article: Article, a: int | None, b: int) -> str:
    return f"{reverse('admin:articles_article_compare', args=[article.pk])}?a={a}&b={b}"


def viewed(request: HttpRequest, key: int) -> Article:
    """The article, for somebody who may look at it."""
    revisions = ("working_copy", "released", "change")
    article = get_object_or_404(Article.objects.select_related(*revisions), pk=key)
    if not policy.may(request.user, "view", Article, article):
        raise PermissionDenied
    return article


def version_of(request: HttpRequest, article: Article, key: int | str) -> Version:
    """A version of this article that this person may see; others do not exist for them."""
    if not str(key).isdecimal() or len(str(key)) > 18:
        raise Http404
    seen = article.revisions.visible_to(request.user).select_related("made_by")
    return Version(get_object_or_404(seen, pk=key), article)


def page_of(request: HttpRequest, article: Article, template: str, **context: Any) -> HttpResponse:
    everywhere = admin.site.each_context(request)
    about = {"opts": Article._meta, "original": article, "state": in_words(article)}
    return render(request, f"admin/articles/article/{template}", {**everywhere, **about, **context})


@require_safe
def history(request: HttpRequest, key: int) -> HttpResponse:
    """Versions, newest first, a page at a time; `?page=`."""
    article = viewed(request, key)
    numbered = article.revisions.numbered().select_related("made_by", "base")
    page = Paginator(numbered, PAGE_LENGTH).get_page(request.GET.get("page"))
    entries = versions_on(page, article, cast(User, request.user))
    entries += events_on(page, article)
    return page_of(
        request,
        article,
        "history.html",
        title="History",
        page=page,
        entries=sorted(entries, key=lambda entry: entry.at, reverse=True),
        chosen=[entry.version.revision.pk for entry in entries if entry.version][:2],
        may_restore=policy.may(request.user, "change", Article, article),
    )


def versions_on(page: Page[Revision], article: Article, person: User) -> list[Entry]:
    """The versions of a page, and this person's autosaves with what they were begun with; those
    that were begun with nothing that is known stand with the newest."""
    shown = {
        revision.pk: Entry(revision.made_at, Version(revision, article), []) for revision in page
    }
    newest = None if page.has_previous() else next(iter(shown.values()), None)
    for autosave in article.revisions.autosaves_of(person).select_related("made_by", "base"):
        entry = shown.get(autosave.base_id) or (None if autosave.base_id else newest)
        if entry and entry.autosaves is not None:
            entry.autosaves.append(Version(autosave, article))
    return list(shown.values())


def events_on(page: Page[Revision], article: Article) -> list[Entry]:
    """What was logged between the versions of a page: assigned, withdrawn and the like."""
    versions = list(page)
    logged = LogEntry.objects.filter(
        content_type=get_content_type_for_model(article), object_id=str(article.pk)
    )
    if page.has_next():
        logged = logged.filter(action_time__gte=versions[-1].made_at)
    if page.has_previous():
        above = article.revisions.filter(number__gt=versions[0].number).order_by("number")
        logged = logged.filter(action_time__lt=above.values("made_at")[:1])
    events = logged.select_related("user").order_by("-action_time")[:EVENTS]
    return [
        Entry(event.action_time, event=event) for event in events if not is_told(event, versions)
    ]


def is_told(event: LogEntry, versions: Iterable[Revision]) -> bool:
    return any(
        event.user_id == version.made_by_id and abs(event.action_time - version.made_at) < AT_ONCE
        for version in versions
    )


@require_safe
def version(request: HttpRequest, key: int, version: int) -> HttpResponse:
    """One version alone, to be read."""
    article = viewed(request, key)
    shown = version_of(request, article, version)
    content = shown.revision.content
    comparison = comparing.compare(content, content)
    return page_of(
        request,
        article,
        "version.html",
        title=shown.name,
        version=shown,
        fields=comparison.unchanged,
        body=prose.render_body(content.body, Image.objects.for_prose([content.body])),
        may_restore=policy.may(request.user, "change", Article, article),
    )


@require_safe
def compare(request: HttpRequest, key: int) -> HttpResponse:
    """Two versions, `?a=` the one and `?b=` what became of it."""
    article = viewed(request, key)
    a, b = (version_of(request, article, request.GET.get(name, "")) for name in ("a", "b"))
    before = article.revisions.numbered().filter(number__lt=a.revision.number or 0).only("pk")
    after = article.revisions.filter(number__gt=b.revision.number or 0).order_by("number")
    earlier = before.first()
    later = after.only("pk").first() if b.revision.number else None
    return page_of(
        request,
        article,
        "compare.html",
        title=f"{a.name} and {b.name[0].lower()}{b.name[1:]}",
        a=a,
        b=b,
        comparison=comparing.compare(a.revision.content, b.revision.content),
        swap=compare_address(article, b.revision.pk, a.revision.pk),
        earlier=earlier and compare_address(article, earlier.pk, a.revision.pk),
        later=later and compare_address(article, b.revision.pk, later.pk),
        may_restore=policy.may(request.user, "change", Article, article),
    )


@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, key: int, version: int) -> HttpResponse:
    """Show what would change, then make a version the working copy again."""
    article = viewed(request, key)
    if not policy.may(request.user, "change", Article, article):
        raise PermissionDenied
    chosen = version_of(request, article, version)
    if request.method == "POST":
        with transaction.atomic():
            article.hold()
            if request.POST.get("seen") == str(article.working_copy_id):
                made = article.restore(chosen.revision, cast(User, request.user))
                log(request, article, f"{chosen.name} restored.")
                messages.success(request, told(article, chosen, made))
                return HttpResponseRedirect(
                    reverse("admin:articles_article_change", args=[article.pk])
                )
        messages.warning(
            request,
            "Somebody saved a version in the meantime, so nothing was restored. "
            "Below is what would change now.",
        )
    present, kept = article.content, chosen.revision.content
    text = kept.fit_for(article, instead=present)
    pictures = prose.image_keys(text.body)
    return page_of(
        request,
        article,
        "restore.html",
        title=f"Restore {chosen.name[0].lower()}{chosen.name[1:]}?",
        version=chosen,
        comparison=comparing.compare(present, text),
        left_out=comparing.changes(kept, text),
        pictures_gone=len(pictures) - Image.objects.filter(pk__in=pictures).count(),
        seen=article.working_copy_id,
        history_address=reverse("admin:articles_article_history", args=[article.pk]),
    )


def told(article: Article, chosen: Version, made: Revision) -> str:
    readers = " Readers see it once it is published." if article.is_public else ""
    return f"{chosen.name} is the working copy again, as version {made.number}.{readers}"


def log(request: HttpRequest, article: Article, message: str) -> None:
    LogEntry.objects.log_actions(
        cast(int, request.user.pk), [article], CHANGE, message, single_object=True
    )
