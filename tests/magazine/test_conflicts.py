"""Two requests at the same moment, and databases that refuse for a reason of the request."""

import threading
from types import SimpleNamespace

import psycopg.errors
import pytest
from django.contrib.auth.models import User
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models.signals import pre_save
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from articles.models import Series
from magazine.errors import ConflictMiddleware, is_away
from tests.newsroom import errors


def answer(*errors: Exception) -> HttpResponse | None:
    """What is answered where a view raises these errors, one at each attempt, and then is done."""
    left = list(errors[1:])

    def view(request: HttpRequest) -> HttpResponse:
        if left:
            raise left.pop(0)
        return HttpResponse("done")

    request = RequestFactory().post("/")
    request.resolver_match = SimpleNamespace(func=view, args=(), kwargs={})
    middleware = ConflictMiddleware(lambda request: HttpResponse())
    return middleware.process_exception(request, errors[0])


def told(kind: type[DatabaseError], cause: Exception) -> DatabaseError:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def taken() -> IntegrityError:
    """What the database of this run says of a key that is taken."""
    Series.objects.get_or_create(name="Straits", slug="straits")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Series.objects.create(name="Straits", slug="straits")
    return caught.value


DEADLOCK = psycopg.errors.DeadlockDetected()
NOT_IN_ORDER = psycopg.errors.SerializationFailure()


@pytest.mark.django_db
def test_a_view_that_met_another_change_is_run_again(client):
    """A key that is taken, a deadlock, transactions that cannot stand one after the other."""
    deadlock = told(OperationalError, DEADLOCK)
    unordered = told(OperationalError, NOT_IN_ORDER)
    for met in ([taken()], [deadlock], [unordered], [taken(), deadlock]):
        response = answer(*met)
        assert response is not None
        assert response.content == b"done"


@pytest.mark.django_db
def test_a_conflict_that_stays_is_called_one():
    response = answer(taken(), taken(), taken())
    assert response is not None
    assert response.status_code == 409
    assert b"at the same moment" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        DataError("value too long"),
        OverflowError("Python int too large to convert to SQLite INTEGER"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    ],
)
def test_a_value_that_no_column_can_hold_is_the_fault_of_the_request(error):
    response = answer(error)
    assert response is not None
    assert response.status_code == 400


def test_a_fault_of_ours_stays_one():
    assert answer(RuntimeError("ours")) is None
    assert answer(told(IntegrityError, psycopg.errors.CheckViolation())) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("connection refused"), True),
        (InterfaceError("connection already closed"), True),
        (told(OperationalError, psycopg.errors.AdminShutdown()), True),
        (told(OperationalError, psycopg.errors.TooManyConnections()), True),
        (told(OperationalError, DEADLOCK), False),
        (told(OperationalError, NOT_IN_ORDER), False),
        (told(IntegrityError, psycopg.errors.UniqueViolation()), False),
        (told(DataError, psycopg.errors.StringDataRightTruncation()), False),
        (RuntimeError("ours"), False),
        (None, False),
    ],
)
def test_a_database_is_away_only_where_it_gives_no_answer(error, expected):
    assert is_away(error) is expected


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_address_the_second_reads_so_in_the_form():
    """The first commits after the form of the second was judged, and before its row is written."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite judges and writes in one transaction: nobody comes between")
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("chief"))

    def come_between(sender: type[Series], **kwargs: object) -> None:
        pre_save.disconnect(come_between, Series)

        def first() -> None:
            Series.objects.create(name="Their straits", slug="straits")
            connection.close()

        rival = threading.Thread(target=first)
        rival.start()
        rival.join()

    pre_save.connect(come_between, Series, weak=False)
    page = client.post("/admin/articles/series/add/", {"name": "Our straits", "slug": "straits"})
    assert errors(page)["slug"] == ["Series with this Slug already exists."]
    assert Series.objects.get().name == "Their straits"
