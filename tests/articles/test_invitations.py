"""Colleagues who come by invitation."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import policy
from articles.models import Invitation
from tests.articles.accounts import colleague, is_in, link_in_mail, log_in
from tests.newsroom import person

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/invitation/add/"
LIST = "/admin/articles/invitation/"
CHOSEN = {
    "username": "ada.quill",
    "first_name": "Ada",
    "last_name": "Quill",
    "password1": "a rather long one",
    "password2": "a rather long one",
}


def typed(*groups: str, **changes: object) -> dict[str, object]:
    keys = [Group.objects.get(name=name).pk for name in groups or ("Editor",)]
    return {
        "email": "Ada@Example.org",
        "first_name": "Ada",
        "last_name": "Quill",
        "groups": keys,
        **changes,
    }


@pytest.fixture
def invited(chief) -> str:
    """The path of the link that somebody was mailed."""
    assert chief.post(ADD, typed("Writer", "Editor")).headers["Location"] == LIST
    return link_in_mail()


def test_a_chief_invites_a_colleague_by_mail(chief, invited):
    """In text and in HTML, from the publication, with a link that is good for a week."""
    (message,) = mail.outbox
    assert message.to == ["ada@example.org"]
    assert message.subject == "Come and work at The Magazine"
    (html,) = message.alternatives
    assert invited in html.content
    assert "Hello Ada" in message.body
    page = chief.get(LIST).content.decode()
    assert "ada@example.org" in page
    assert "Writer, Editor" in page
    assert "for 6\xa0days" in page


def test_the_invited_chooses_username_and_password_and_then_logs_in(client, invited):
    """The account has the groups of the invitation and nothing more; the link is used up."""
    stranger = Client()
    page = stranger.get(invited)
    assert page.context["form"]["username"].value() == "ada.quill"
    assert User.objects.filter(username="ada.quill").count() == 0
    answer = stranger.post(invited, {**CHOSEN, "is_superuser": "on", "email": "x@evil.example"})
    assert answer.headers["Location"] == "/accounts/login/"
    assert not is_in(stranger)
    ada = User.objects.get(username="ada.quill")
    assert (ada.email, ada.is_staff, ada.is_superuser) == ("ada@example.org", True, False)
    assert sorted(group.name for group in ada.groups.all()) == ["Editor", "Writer"]
    assert not Invitation.objects.exists()
    assert stranger.get(invited).status_code == stranger.post(invited, CHOSEN).status_code == 410
    log_in(stranger, "ada.quill", CHOSEN["password1"])
    assert is_in(stranger)


def test_what_is_wrong_is_said_and_the_invitation_still_stands(invited):
    """A name that is taken, passwords that differ, or one that is too easy."""
    stranger = Client()
    for field, value in (
        ("username", "CHIEF"),
        ("username", "a b"),
        ("password2", "another"),
        ("password1", "x"),
    ):
        page = stranger.post(invited, {**CHOSEN, field: value})
        assert page.status_code == 200
        assert page.context["form"].errors, (field, value)
        assert page.context["form"]["first_name"].value() == "Ada"
    assert stranger.get(invited).status_code == 200


def test_an_invitation_is_good_for_a_week(invited, time_machine):
    week = timezone.now() + timedelta(days=7)
    time_machine.move_to(week - timedelta(minutes=1))
    assert Client().get(invited).status_code == 200
    time_machine.move_to(week + timedelta(minutes=1))
    assert Client().get(invited).status_code == Client().post(invited, CHOSEN).status_code == 410
    assert "no longer good" in Client().get(invited).content.decode()
    client = Client()
    client.force_login(User.objects.get(username="chief"))
    assert "expired; send it again" in client.get(LIST).content.decode()


def test_sent_again_only_the_newest_link_works(chief, invited):
    again = reverse("admin:send_invitation", args=[Invitation.objects.get().pk])
    assert chief.get(again).status_code == 405
    assert chief.post(again).headers["Location"] == LIST
    assert len(mail.outbox) == 2
    assert Client().get(invited).status_code == 410
    assert Client().get(link_in_mail()).status_code == 200
    assert "Sent again." in LogEntry.objects.first().get_change_message()


def test_taken_back_it_opens_nothing(chief, invited):
    delete = reverse("admin:articles_invitation_delete", args=[Invitation.objects.get().pk])
    assert chief.post(delete, {"post": "yes"}).status_code == 302
    assert Client().post(invited, CHOSEN).status_code == 410
    assert not User.objects.filter(username="ada.quill").exists()


def test_of_two_who_use_one_link_one_gets_the_account(invited):
    """The row is what they race for."""
    first = Invitation.objects.get()
    second = Invitation.objects.get()
    assert first.accept(User(username="first"))
    assert not second.accept(User(username="second"))
    assert User.objects.filter(username__in=["first", "second"]).count() == 1


def test_the_link_is_not_stored(invited):
    """Whoever reads the database cannot use what it holds."""
    token = invited.rstrip("/").split("/")[-1]
    row = Invitation.objects.values().get()
    assert len(token) >= 40
    assert token not in str(row)
    assert Client().get(f"/accounts/invitation/{row['token_digest']}/").status_code == 410


def test_looking_at_the_link_changes_nothing(invited):
    """Mail programs open links before their owner does."""
    for _ in range(3):
        assert Client().get(invited).status_code == 200
        assert Client().head(invited).status_code == 200
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "writer@example.org"}, "email"),
        ({"email": "WRITER@example.org"}, "email"),
        ({"groups": []}, "groups"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(chief, changes, field):
    colleague("Writer")
    page = chief.post(ADD, typed(**changes))
    assert list(page.context["adminform"].form.errors) == [field]
    assert not mail.outbox


def test_nobody_is_invited_twice_at_a_time(chief, invited):
    page = chief.post(ADD, typed())
    (said,) = page.context["adminform"].form.errors["email"]
    assert "invited already" in said
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(email="ADA@example.org")


def test_a_mail_that_cannot_be_sent_loses_nothing(chief, settings):
    """The invitation is there to be sent again."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = chief.post(ADD, typed(), follow=True).content.decode()
    assert "could not be sent" in page
    assert Invitation.objects.get().email == "ada@example.org"


def test_only_chiefs_invite_and_into_no_more_than_the_groups_of_the_installation(client):
    """A group that somebody made for another purpose is not handed out by mail."""
    Group.objects.create(name="Owners")
    chief = person("Chief")
    client.force_login(chief)
    offered = client.get(ADD).context["adminform"].form.fields["groups"].queryset
    assert {group.name for group in offered} == set(policy.GROUPS)
    assert client.post(ADD, typed("Owners")).status_code == 200
    assert not Invitation.objects.exists()
    row = Invitation.objects.create(email="ada@example.org")
    for group in ("Writer", "Editor"):
        client.force_login(person(group))
        addresses = [ADD, LIST, f"{LIST}{row.pk}/change/", f"{LIST}{row.pk}/delete/"]
        for address in [*addresses, f"{LIST}{row.pk}/send/"]:
            assert client.post(address, typed()).status_code == 403, address
        assert not policy.groups_to_hand_out(User.objects.get(username=group.lower())).exists()
    assert Invitation.objects.count() == 1
    assert not mail.outbox


def test_what_was_mailed_is_not_changed_afterwards(chief, invited):
    """Else somebody would accept what nobody told them."""
    form = reverse("admin:articles_invitation_change", args=[Invitation.objects.get().pk])
    assert chief.get(form).status_code == 200
    assert chief.post(form, typed("Chief")).status_code == 403
    assert {group.name for group in Invitation.objects.get().groups.all()} == {"Writer", "Editor"}


def test_the_list_costs_the_same_for_any_number(chief, django_assert_max_num_queries):
    for number in range(30):
        row = Invitation.objects.create(email=f"{number}@example.org")
        row.groups.set(Group.objects.all())
    chief.get(LIST)
    with django_assert_max_num_queries(8):
        chief.get(LIST)


@pytest.mark.parametrize(
    ("names", "username"),
    [
        ({"first_name": "Ada", "last_name": "Quill"}, "ada.quill"),
        ({"first_name": "Łucja", "last_name": "Ó Brien"}, "ucja.o.brien"),
        ({"first_name": "李"}, "a-quill"),
        ({}, "a-quill"),
    ],
)
def test_a_username_is_suggested(names, username):
    assert Invitation(email="a-quill@example.org", **names).suggested_username == username
