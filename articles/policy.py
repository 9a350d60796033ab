"""Who may do what in the newsroom: every admin class, view and endpoint asks here.

A person's groups say which kinds of thing they work on; the rules below narrow that to single
rows. Nothing else in the code looks at a group's name.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AbstractUser, AnonymousUser, Group, Permission, User
from django.db.models import Model, QuerySet

from .accounts.factors import has_second_factor
from .models import Article, Correction, Image, Invitation

Person = AbstractUser | AnonymousUser

PUBLISH = "articles.publish_article"
SEND = "newsletter.send_issue"


def grants(verbs: str, *models: str) -> set[str]:
    """Permission names such as `articles.view_image` for every verb and `app.model`."""
    pairs = [model.split(".") for model in models]
    return {f"{app}.{verb}_{name}" for verb in verbs.split() for app, name in pairs}


WRITER = (
    grants("view add change", "articles.article", "articles.image")
    | grants("view", "articles.author", "articles.section", "articles.format", "articles.series")
    | grants("view", "taggit.tag")
)
EDITOR = (
    WRITER
    | {PUBLISH}
    | grants("delete", "articles.article", "articles.image")
    | grants("add change delete", "articles.author", "articles.series", "taggit.tag")
    | grants("view add change delete", "articles.redirect")
)
NEWSLETTER = (
    grants("view", "articles.article", "newsletter.notice")
    | grants("view add change delete", "newsletter.issue", "newsletter.mailinglist")
    | grants("view add delete", "newsletter.subscriber")
    | grants("view change", "newsletter.letterhead")
    | {SEND}
)
CHIEF = (
    EDITOR
    | NEWSLETTER
    | grants("add change delete", "articles.section", "articles.format")
    | grants("view add change delete", "articles.page")
    | grants("view add", "articles.correction")
    | grants("view change", "articles.publication", "articles.frontpage")
    | grants("view add change", "auth.user")
    | grants("view", "auth.group", "admin.logentry")
    | grants("view add change delete", "articles.invitation")
)
GROUPS = {"Writer": WRITER, "Editor": EDITOR, "Chief": CHIEF, "Newsletter": NEWSLETTER}


def install_groups(using: str = "default", **signal: Any) -> None:
    """Give each group exactly the permissions that stand above; receiver of `post_migrate`.

    The permission rows are made here when they are missing: Django makes those of an app only
    after that app's own signal.
    """
    for label in ("articles", "newsletter", "taggit", "auth", "admin"):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for name, permissions in GROUPS.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(found[permission] for permission in permissions)


def may(user: Person, verb: str, model: type[Model], row: Model | None = None) -> bool:
    """Whether `user` may view, add, change or delete this row; without a row, any at all."""
    options = model._meta
    verbs = ("view", "change") if verb == "view" else (verb,)
    if not any(user.has_perm(f"{options.app_label}.{one}_{options.model_name}") for one in verbs):
        return False
    rule = ROW_RULES.get((verb, options.label_lower))
    return rule is None or row is None or rule(user, row)


def colleagues() -> QuerySet[User]:
    """Everybody who works in the newsroom, by name."""
    return User.objects.filter(is_active=True, is_staff=True).order_by(
        "first_name", "last_name", "username"
    )


def stages(user: Person) -> list[str]:
    """The stages to which this person may move an article: a writer hands in, and takes back."""
    every = [Article.Stage.DRAFT, Article.Stage.IN_REVIEW, Article.Stage.READY]
    return [str(stage) for stage in every if may_publish(user) or stage != Article.Stage.READY]


def publishers() -> QuerySet[User]:
    """Everybody who decides what the public sees."""
    return User.objects.with_perm(PUBLISH, backend="django.contrib.auth.backends.ModelBackend")


def may_publish(user: Person) -> bool:
    """Decide what the public sees: publish, schedule, put under embargo, withdraw."""
    return user.has_perm(PUBLISH)


def may_send_issue(user: Person) -> bool:
    """Decide that an issue of the newsletter goes out: approve, schedule, pause, cancel."""
    return user.has_perm(SEND)


def may_write_issue(user: Person, issue: Any) -> bool:
    """What was approved is frozen: the same words go to everybody."""
    return bool(issue.is_open)


def may_lift_suppression(user: Person, subscriber: type[Model]) -> bool:
    """Let mail go again to an address that was suppressed: whoever may bring people in."""
    return may(user, "add", subscriber)


def may_note(user: Person, article: Article) -> bool:
    """Whoever may read an article here may talk about it."""
    return may(user, "view", Article, article)


def may_read_log(user: Person) -> bool:
    """Who did what is for those who run the magazine."""
    return user.has_perm("admin.view_logentry")


def may_arrange_front(user: Person) -> bool:
    """See, change, publish and undo versions of the front page."""
    return user.has_perm("articles.change_frontpage")


def may_change_article(user: Person, article: Article) -> bool:
    """Editors change everything; a writer changes own drafts until an editor has taken over."""
    is_open = article.published_at is None and article.stage != Article.Stage.READY
    return may_publish(user) or (is_open and article.created_by_id == user.pk)


def may_type(user: Person, article: Article | None) -> bool:
    """Whose words are kept while they type: whoever may save them, and whoever began the article
    and had its form open when an editor took it over."""
    if article and may(user, "change", Article, article):
        return True
    is_own = article is None or article.created_by_id == user.pk
    return is_own and may(user, "add", Article)


def may_share_preview(user: Person, article: Article) -> bool:
    """Whoever may change an article may show it to somebody outside."""
    return may(user, "change", Article, article)


def may_correct(user: Person, article: Article) -> bool:
    """Only what readers have seen is corrected before their eyes."""
    return article.has_been_public and may(user, "add", Correction)


def may_delete_article(user: Person, article: Article) -> bool:
    """What the public has seen or will see is taken off the site first."""
    return article.published_at is None


def may_change_image(user: Person, image: Image) -> bool:
    return may_publish(user) or image.uploaded_by_id == user.pk


def may_change_person(user: Person, other: AbstractUser) -> bool:
    """Nobody gets at the account of someone who stands above them."""
    return user.is_superuser or not other.is_superuser


def groups_to_hand_out(user: Person) -> QuerySet[Group]:
    """The groups into which `user` may invite: those that the installation brings. Nobody hands
    out more, and nobody makes a superuser by invitation."""
    names = GROUPS if may(user, "add", Invitation) else ()
    return Group.objects.filter(name__in=names).order_by("pk")


def must_have_second_factor(user: Person) -> bool:
    """Whether the setting asks this of `user`. A chief, here, is whoever looks after people."""
    if settings.SECOND_FACTOR == "chief":
        return user.has_perm("auth.change_user")
    return settings.SECOND_FACTOR == "all"


def needs_second_factor(user: Person) -> bool:
    """Whether the newsroom stays shut until this person has set up a second factor."""
    return must_have_second_factor(user) and not has_second_factor(user)


def may_remove_second_factor(user: Person, other: AbstractUser) -> bool:
    """A colleague's, who has lost it; one's own goes by one's own page, which asks for proof."""
    return user.pk != other.pk and may(user, "change", type(other), other)


ROW_RULES: dict[tuple[str, str], Callable[[Person, Any], bool]] = {
    ("change", "articles.article"): may_change_article,
    ("delete", "articles.article"): may_delete_article,
    ("change", "articles.image"): may_change_image,
    ("change", "auth.user"): may_change_person,
    ("change", "newsletter.issue"): may_write_issue,
    ("delete", "newsletter.issue"): may_write_issue,
}
