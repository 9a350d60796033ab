"""What readers get when something is missing or broken."""

import errno

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from articles.models import Publication
from tests.newsroom import person


@pytest.fixture
def broken(monkeypatch):
    """A client that reports errors as a server does, and a way to break the front page."""

    def break_with(error: Exception) -> Client:
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(type(Publication.objects), "current", fail)
        return Client(raise_request_exception=False)

    return break_with


@pytest.mark.django_db
def test_an_address_that_is_not_there_answers_404_with_a_way_on(client):
    response = client.get("/no-such-article/")
    assert response.status_code == 404
    assert 'href="/section/europe/"' in response.content.decode()


def test_a_fault_of_ours_answers_500_without_a_word_of_it(broken):
    response = broken(RuntimeError("secret detail")).get("/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert "<h1" in response.content.decode()


def test_a_database_out_of_reach_answers_503_and_says_when_to_come_back(broken):
    response = broken(OperationalError("connection refused")).get("/")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "connection refused" not in response.content.decode()
    assert "Content-Security-Policy" in response.headers


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_our_words(settings):
    """Django's own page for it would break the policy with a style of its own."""
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing has been changed" in page
    assert "<style" not in page


def test_a_host_that_is_not_ours_is_told_so(client):
    """The page of the error asks the request for nothing: its host is what is wrong with it."""
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "cannot be understood" in answer.content.decode()


NEWSROOM = 'aria-label="Newsroom"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "status", "words"),
    [
        (
            "get",
            "/admin/no-such-page/",
            404,
            "There is nothing at this address",
        ),
        ("get", "/admin/articles/section/add/", 403, "This is not yours to do"),
        ("get", "/admin/articles/article/1/presence/", 405, "only takes what a form sends"),
        ("post", "/admin/articles/article/add/", 403, "This form was too old"),
    ],
)
def test_a_refusal_in_the_newsroom_looks_like_the_newsroom(method, address, status, words):
    """To those who work there: a stranger sees the page that readers see, or the login."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("Writer"))
    answer = getattr(client, method)(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert NEWSROOM in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert NEWSROOM not in getattr(Client(), method)(address).content.decode()


@pytest.mark.django_db
def test_an_address_for_forms_says_so_to_whoever_types_it(client):
    address = reverse("account_logout")
    answer = client.get(address)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "only takes what a form sends" in answer.content.decode()
    assert client.put(address).content == b""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_takes_no_more_is_said_in_plain_words(broken, code):
    """And written down, which a person has to see to."""
    answer = broken(OSError(code, "No room")).get("/")
    assert answer.status_code == 507
    assert "disk takes no more" in answer.content.decode()
    assert broken(FileNotFoundError(errno.ENOENT, "No file")).get("/").status_code == 500
