"""Lists are narrowed by the filters that they offer, and by nothing else in their address."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection, models
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.base import NewsroomChangeList
from tests import make

pytestmark = pytest.mark.django_db
HOSTILE = ["regex", "iregex", "contains", "gt", "in", "isnull", "week_day", "exact"]


def lists() -> list[tuple[type[models.Model], str]]:
    return [
        (model, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        for model in admin.site._registry
    ]


def test_no_list_accepts_a_lookup_from_its_address(chief):
    """Of any column, of any row that it leads to, and of names that are none."""
    make.article("Kept", authors=[make.author()], tags=["ports"])
    tried = 0
    for model, url in lists():
        page = chief.get(url)
        if page.status_code == 302 or "cl" not in page.context:
            continue  # one row, or a page of its own
        offered = page.context["cl"].offered
        names = [f"{field.name}__{HOSTILE[i % 8]}" for i, field in enumerate(model._meta.fields)]
        names += [f"{field.name}__pk__gt" for field in model._meta.fields if field.is_relation]
        names += [field.name for field in model._meta.fields] + ["utm_source", "pk__regex", "a__b"]
        hostile = dict.fromkeys(set(names) - offered, "(a+)+$")
        with CaptureQueriesContext(connection) as asked:
            page = chief.get(url, hostile)
        assert page.status_code == 200, url
        assert f"no filter called “{min(hostile)}”" in page.content.decode(), url
        assert page.context["cl"].get_query_string() == "?"
        assert not [one for one in asked if "(a+)+$" in one["sql"] and "SELECT" in one["sql"]]
        tried += len(hostile)
    assert tried > 250


def test_every_list_knows_the_names_of_its_own_filters():
    """What Django's filters of a column listen to is what is let through."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    known = 0
    for model, desk in admin.site._registry.items():
        cl = desk.get_changelist_instance(request)
        assert isinstance(cl, NewsroomChangeList), model
        expected = {name for spec in cl.filter_specs for name in spec.expected_parameters()}
        assert expected <= cl.offered
        known += len(expected)
    assert known >= 15


def test_an_offered_filter_still_narrows(chief):
    """Beside one that is ignored; the links of the page leave the other out."""
    make.author("Ada Quill", kind="person")
    make.author("The Institute", kind="organisation")
    query = {"kind__exact": "person", "bio__regex": "x"}
    page = chief.get("/admin/articles/author/", query)
    assert [str(row) for row in page.context["cl"].result_list] == ["Ada Quill"]
    assert page.context["cl"].get_query_string() == "?kind__exact=person"


@pytest.mark.parametrize("value", ["\0", "x", "", "9" * 30, "-1", "1e400", "١"])
def test_a_filter_with_a_hostile_value_is_no_error(chief, value):
    """Whatever stands in it, the list opens."""
    for url, name in [
        ("/admin/articles/article/", "section__id__exact"),
        ("/admin/articles/article/", "section__isnull"),
        ("/admin/articles/article/", "assignee"),
        ("/admin/articles/author/", "kind__exact"),
        ("/admin/auth/user/", "groups__id__exact"),
        ("/admin/auth/user/", "is_active__exact"),
        ("/admin/articles/article/", "o"),
        ("/admin/articles/article/", "p"),
    ]:
        assert chief.get(url, {name: value}, follow=True).status_code == 200, (url, name)
