"""The versions of an article: listed, looked at, compared and restored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from articles import comparing, policy, prose
from articles.admin.fields import name_of
from articles.admin.status import status_in_words
from articles.admin.views import NewsroomRequest, log_action
from articles.dates import moment_in_words
from articles.keys import row_key
from articles.models import Article, Image, Revision

from .page import article_for, article_page

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
    def when(self) -> str:
        return moment_in_words(self.revision.made_at)

    @property
    def who(self) -> str:
        return name_of(self.revision.made_by) if self.revision.made_by else ""

    @property
    def marks(self) -> list[str]:
        article, key = self.article, self.revision.pk
        marks = ["Working copy"] if key == article.working_copy_id else []
        if key == article.live_revision_id and article.is_public:
            marks.append("Public now")
        elif key == article.live_revision_id and article.published_at:
            marks.append(status_in_words(article))
        if key == article.scheduled_revision_id:
            marks.append(f"Goes public on {moment_in_words(article.scheduled_at)}")
        return marks

    @property
    def changes(self) -> str:
        base = self.revision.base
        if base is None:
            return "The first version that was kept" if self.revision.number == 1 else ""
        told = comparing.changes(base.content, self.revision.content)
        return f"Changed: {', '.join(told)}" if told else "No change of the text"

    @property
    def own_changes_url(self) -> str:
        base = self.revision.base_id
        return compare_url(self.article, base, self.revision.pk) if base else ""

    @property
    def public_url(self) -> str:
        live_revision = self.article.live_revision_id
        if not self.article.is_public or live_revision in (None, self.revision.pk):
            return ""
        return compare_url(self.article, live_revision, self.revision.pk)


@dataclass
class HistoryEntry:
    """A line of the history: a version with one's own autosaves of it, or an event of the log."""

    at: datetime
    version: Version | None = None
    autosaves: list[Version] | None = None
    event: LogEntry | None = None

    @property
    def when(self) -> str:
        return moment_in_words(self.at)


def compare_url(article: Article, a: int | None, b: int) -> str:
    return f"{reverse('admin:articles_article_compare', args=[article.pk])}?a={a}&b={b}"


def version_of(request: NewsroomRequest, article: Article, key: int | str) -> Version:
    seen = article.revisions.visible_to(request.user).select_related("made_by")
    return Version(get_object_or_404(seen, pk=row_key(key)), article)


@require_safe
def history(request: NewsroomRequest, key: int) -> HttpResponse:
    article = article_for(request, key, policy.may_read)
    numbered = article.revisions.numbered().select_related("made_by", "base")
    page = Paginator(numbered, PAGE_LENGTH).get_page(request.GET.get("page"))
    entries = versions_on(page, article, request.user)
    entries += events_on(page, article)
    return article_page(
        request,
        article,
        "history.html",
        title="History",
        page=page,
        entries=sorted(entries, key=lambda entry: entry.at, reverse=True),
        chosen=[entry.version.revision.pk for entry in entries if entry.version][:2],
        may_restore=policy.may_edit(request.user, article),
    )


def versions_on(page: Page[Revision], article: Article, person: User) -> list[HistoryEntry]:
    """The versions of a page, and this person's autosaves with what they were begun with; those
    that were begun with nothing that is known stand with the newest."""
    shown = {
        revision.pk: HistoryEntry(revision.made_at, Version(revision, article), [])
        for revision in page
    }
    newest = None if page.has_previous() else next(iter(shown.values()), None)
    for autosave in article.revisions.autosaves_of(person).select_related("made_by", "base"):
        entry = shown.get(autosave.base_id or 0) or (None if autosave.base_id else newest)
        if entry and entry.autosaves is not None:
            entry.autosaves.append(Version(autosave, article))
    return list(shown.values())


def events_on(page: Page[Revision], article: Article) -> list[HistoryEntry]:
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
        HistoryEntry(event.action_time, event=event)
        for event in events
        if not any(is_told(event, version) for version in versions)
    ]


def is_told(event: LogEntry, version: Revision) -> bool:
    is_at_once = abs(event.action_time - version.made_at) < AT_ONCE
    return is_at_once and event.user_id == version.made_by_id


@require_safe
def version(request: NewsroomRequest, key: int, version: int) -> HttpResponse:
    article = article_for(request, key, policy.may_read)
    shown = version_of(request, article, version)
    content = shown.revision.content
    comparison = comparing.compare(content, content)
    return article_page(
        request,
        article,
        "version.html",
        title=shown.name,
        version=shown,
        fields=comparison.unchanged,
        body=prose.render_body(content.body, Image.objects.for_prose([content.body])),
        may_restore=policy.may_edit(request.user, article),
    )


@require_safe
def compare(request: NewsroomRequest, key: int) -> HttpResponse:
    article = article_for(request, key, policy.may_read)
    a, b = (version_of(request, article, request.GET.get(name, "")) for name in ("a", "b"))
    before = article.revisions.numbered().filter(number__lt=a.revision.number or 0).only("pk")
    after = article.revisions.filter(number__gt=b.revision.number or 0).order_by("number")
    earlier = before.first()
    later = after.only("pk").first() if b.revision.number else None
    return article_page(
        request,
        article,
        "compare.html",
        title=f"{a.name} and {b.name[0].lower()}{b.name[1:]}",
        a=a,
        b=b,
        comparison=comparing.compare(a.revision.content, b.revision.content),
        swap=compare_url(article, b.revision.pk, a.revision.pk),
        earlier=earlier and compare_url(article, earlier.pk, a.revision.pk),
        later=later and compare_url(article, b.revision.pk, later.pk),
        may_restore=policy.may_edit(request.user, article),
    )


@require_http_methods(["GET", "POST"])
def restore(request: NewsroomRequest, key: int, version: int) -> HttpResponse:
    article = article_for(request, key, policy.may_edit)
    chosen = version_of(request, article, version)
    if request.method == "POST":
        with transaction.atomic():
            article.lock()
            if request.POST.get("seen") == str(article.working_copy_id):
                made = chosen.revision.restore(article, request.user)
                log_action(request.user, f"{chosen.name} restored.", article)
                messages.success(request, restored_message(article, chosen, made))
                return redirect("admin:articles_article_change", key)
        messages.warning(
            request,
            "Somebody saved a version in the meantime, so nothing was restored. "
            "Below is what would change now.",
        )
    present, kept = article.content, chosen.revision.content
    text = kept.valid_for(article, instead=present)
    pictures = prose.image_keys(text.body)
    return article_page(
        request,
        article,
        "restore.html",
        title=f"Restore {chosen.name[0].lower()}{chosen.name[1:]}?",
        version=chosen,
        comparison=comparing.compare(present, text),
        left_out=comparing.changes(kept, text),
        pictures_gone=len(pictures) - Image.objects.filter(pk__in=pictures).count(),
        seen=article.working_copy_id,
    )


def restored_message(article: Article, chosen: Version, made: Revision) -> str:
    readers = " Readers see it once it is published." if article.is_public else ""
    return f"{chosen.name} is the working copy again, as version {made.number}.{readers}"
