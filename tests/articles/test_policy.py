"""Who may do what in the newsroom."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.management import call_command

from articles import policy
from articles.models import Article, Author, Image, Page, Publication, Redirect, Section
from newsletter.models import Subscriber
from tests import make
from tests.newsroom import person

pytestmark = pytest.mark.django_db


def test_groups_come_with_the_installation_and_stay_exact():
    """Each migrate leaves the three groups with what stands in the policy, no more and no less."""
    Group.objects.get(name="Writer").permissions.set(Permission.objects.all())
    Group.objects.get(name="Chief").delete()
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    assert Group.objects.count() == len(policy.GROUPS) == 4
    for name, permissions in policy.GROUPS.items():
        granted = Group.objects.get(name=name).permissions.select_related("content_type")
        assert {f"{one.content_type.app_label}.{one.codename}" for one in granted} == permissions


def test_groups_are_installed_where_permissions_are_missing():
    """On a database without a single permission row they are made first."""
    Permission.objects.all().delete()
    policy.install_groups()
    assert Group.objects.get(name="Chief").permissions.count() == len(policy.CHIEF)


@pytest.mark.parametrize(
    ("verb", "model", "allowed"),
    [
        ("view", Article, "Writer Editor Chief Newsletter"),
        ("add", Article, "Writer Editor Chief"),
        ("delete", Article, "Editor Chief"),
        ("add", Image, "Writer Editor Chief"),
        ("delete", Image, "Editor Chief"),
        ("view", Author, "Writer Editor Chief"),
        ("change", Author, "Editor Chief"),
        ("change", Redirect, "Editor Chief"),
        ("view", Section, "Writer Editor Chief"),
        ("change", Section, "Chief"),
        ("change", Page, "Chief"),
        ("change", Publication, "Chief"),
        ("delete", Publication, ""),
        ("view", Subscriber, "Chief Newsletter"),
        ("change", Subscriber, ""),
        ("add", User, "Chief"),
        ("delete", User, ""),
        ("change", Group, ""),
    ],
)
def test_groups_may_what_the_table_says(verb, model, allowed):
    """Writers write, editors edit, chiefs run the magazine; nobody else does anything."""
    may = [group for group in policy.GROUPS if policy.may(person(group), verb, model)]
    assert may == allowed.split()
    assert not policy.may(AnonymousUser(), verb, model)
    assert not policy.may(User.objects.create_user("guest", is_staff=True), verb, model)


def test_writers_change_their_own_open_drafts_only():
    """Not what a colleague wrote, what is published or scheduled, nor what an editor took over or
    withdrew, whatever its stage."""
    writer, editor = person("Writer"), person("Editor")
    own = make.article(minutes_ago=None, created_by=writer)
    review = make.article(minutes_ago=None, created_by=writer, stage=Article.Stage.IN_REVIEW)
    ready = make.article(minutes_ago=None, created_by=writer, stage=Article.Stage.READY)
    live = make.article(created_by=writer)
    scheduled = make.article(minutes_ago=-60, created_by=writer)
    other = make.article(minutes_ago=None, created_by=editor)
    withdrawn = make.article(created_by=writer)
    withdrawn.withdraw()
    handed_back = make.article(created_by=writer)
    handed_back.withdraw()
    handed_back.update_columns(stage=Article.Stage.DRAFT)
    every = [own, review, ready, live, scheduled, other, withdrawn, handed_back]
    changeable = [one for one in every if policy.may(writer, "change", Article, one)]
    assert changeable == [own, review]
    assert all(policy.may(writer, "view", Article, one) for one in every)
    assert all(policy.may(editor, "change", Article, one) for one in every)


def test_only_editors_decide_what_the_public_sees():
    """And only chiefs arrange the front page."""
    publishers = [group for group in policy.GROUPS if policy.may_publish(person(group))]
    assert publishers == ["Editor", "Chief"]
    arrangers = [user for user in User.objects.all() if policy.may_arrange_front(user)]
    assert [user.username for user in arrangers] == ["chief"]


def test_what_is_published_cannot_be_deleted():
    """It is taken off the site first."""
    editor = person("Editor")
    assert not policy.may(editor, "delete", Article, make.article())
    assert not policy.may(editor, "delete", Article, make.article(minutes_ago=-60))
    assert policy.may(editor, "delete", Article, make.article(minutes_ago=None))


def test_writers_change_the_words_of_their_own_pictures():
    """The pictures of others are the editors' business."""
    writer, editor = person("Writer"), person("Editor")
    own, other = Image(uploaded_by=writer), Image(uploaded_by=editor)
    assert policy.may(writer, "change", Image, own)
    assert not policy.may(writer, "change", Image, other)
    assert policy.may(editor, "change", Image, own)


def test_a_chief_does_not_get_at_the_account_of_a_superuser():
    """Else the password of one could be set by the other."""
    chief = person("Chief")
    root = User.objects.create_superuser("root")
    assert policy.may(chief, "change", User, person("Writer"))
    assert not policy.may(chief, "change", User, root)
    assert policy.may(root, "change", User, root)
