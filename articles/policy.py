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

from .accounts.second_factors import has_second_factor
from .models import Article, Correction, Image, Invitation

Person = AbstractUser | AnonymousUser

PUBLISH = "articles.publish_article"


def grants(verbs: str, *models: str) -> set[str]:
    """Return permission names such as `articles.view_image` for every verb and `app.model`."""
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
CHIEF = (
    EDITOR
    | grants("add change delete", "articles.section", "articles.format")
    | grants("view add change delete", "articles.page")
    | grants("view add", "articles.correction")
    | grants("view change", "articles.publication", "articles.frontpage")
    | grants("view add change", "auth.user")
    | grants("view", "auth.group", "admin.logentry")
    | grants("view add change delete", "articles.invitation")
)
# Other apps add their groups and grants when they are ready.
GROUPS = {"Writer": WRITER, "Editor": EDITOR, "Chief": CHIEF}


def install_groups(using: str = "default", **signal: Any) -> None:
    """Give each group exactly the permissions that stand above; receiver of `post_migrate`.

    Missing permission rows are made here: Django makes those of an app only after that app's own
    signal.
    """
    granted = set[str]().union(*GROUPS.values())
    for label in sorted({name.partition(".")[0] for name in granted}):
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for name, permissions in GROUPS.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(found[permission] for permission in permissions)


def may(user: Person, verb: str, model: type[Model], row: Model | None = None) -> bool:
    """Tell whether `user` may view, add, change or delete this row; without a row, any at all."""
    options = model._meta
    verbs = ("view", "change") if verb == "view" else (verb,)
    if not any(user.has_perm(f"{options.app_label}.{one}_{options.model_name}") for one in verbs):
        return False
    rule = ROW_RULES.get((verb, options.label_lower))
    return rule is None or row is None or rule(user, row)


def colleagues() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True).order_by(
        "first_name", "last_name", "username"
    )


def stages(user: Person) -> list[str]:
    """Return the stages to which this person may move an article: a writer hands in, and takes
    back."""
    every = [Article.Stage.DRAFT, Article.Stage.IN_REVIEW, Article.Stage.READY]
    return [str(stage) for stage in every if may_publish(user) or stage != Article.Stage.READY]


def publishers() -> QuerySet[User]:
    return User.objects.with_perm(PUBLISH, backend="django.contrib.auth.backends.ModelBackend")


def may_publish(user: Person) -> bool:
    return user.has_perm(PUBLISH)


def may_publish_article(user: Person, article: Article) -> bool:
    """Decide when the public sees this article: publish, schedule, put under embargo, withdraw."""
    return may_publish(user) and may_edit(user, article)


def may_read(user: Person, article: Article) -> bool:
    return may(user, "view", Article, article)


def may_edit(user: Person, article: Article) -> bool:
    return may(user, "change", Article, article)


def may_note(user: Person, article: Article) -> bool:
    return may_read(user, article)


def may_read_log(user: Person) -> bool:
    return user.has_perm("admin.view_logentry")


def may_arrange_front(user: Person) -> bool:
    """See, change, publish and undo versions of the front page."""
    return user.has_perm("articles.change_frontpage")


def may_change_article(user: Person, article: Article) -> bool:
    """Let editors change everything, and writers their own drafts until an editor has taken over:
    by its stage, by a date, or for good once readers have seen it."""
    is_new = article.published_at is None and article.withdrawn_at is None
    is_open = is_new and article.stage != Article.Stage.READY
    return may_publish(user) or (is_open and article.created_by_id == user.pk)


def may_type(user: Person, article: Article | None) -> bool:
    """Keep the words of a person while they type: they may save them, or they began the article and
    had its form open when an editor took it over."""
    if article and may_edit(user, article):
        return True
    is_own = article is None or article.created_by_id == user.pk
    return is_own and may(user, "add", Article)


def may_share_preview(user: Person, article: Article) -> bool:
    return may_edit(user, article)


def may_correct(user: Person, article: Article) -> bool:
    """Correct only what readers have seen."""
    return article.has_been_public and may(user, "add", Correction)


def may_delete_article(user: Person, article: Article) -> bool:
    """Delete only what the public neither has seen nor will see."""
    return article.published_at is None


def may_change_image(user: Person, image: Image) -> bool:
    return may_publish(user) or image.uploaded_by_id == user.pk


def may_change_person(user: Person, other: AbstractUser) -> bool:
    """Protect the account of a superuser from everybody else."""
    return user.is_superuser or not other.is_superuser


def groups_to_hand_out(user: Person) -> QuerySet[Group]:
    """Return the groups into which `user` may invite: those that the installation brings. Nobody
    hands out more, and nobody makes a superuser by invitation."""
    names = GROUPS if may(user, "add", Invitation) else ()
    return Group.objects.filter(name__in=names).order_by("pk")


def must_have_second_factor(user: Person) -> bool:
    """Tell whether the setting asks this of `user`. A chief, here, is whoever looks after
    people."""
    if settings.SECOND_FACTOR == "chief":
        return user.has_perm("auth.change_user")
    return settings.SECOND_FACTOR == "all"


def needs_second_factor(user: Person) -> bool:
    """Tell whether the newsroom stays shut until this person has set up a second factor."""
    return must_have_second_factor(user) and not has_second_factor(user)


def may_remove_second_factor(user: Person, other: AbstractUser) -> bool:
    """Remove the factor of a colleague who has lost it; one's own goes by the account page, which
    asks for proof."""
    return user.pk != other.pk and may(user, "change", type(other), other)


ROW_RULES: dict[tuple[str, str], Callable[[Person, Any], bool]] = {
    ("change", "articles.article"): may_change_article,
    ("delete", "articles.article"): may_delete_article,
    ("change", "articles.image"): may_change_image,
    ("change", "auth.user"): may_change_person,
}
