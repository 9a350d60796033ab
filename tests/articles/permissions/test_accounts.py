"""The pages around an account × who asks."""

import re

import pytest
from django.urls import get_resolver

from tests.articles.permissions.visits import patterns

pytestmark = pytest.mark.django_db

# Which pages around an account a stranger sees (a), and which somebody logged in (W).
ACCOUNTS = """
(account)                                      W
invitation/<str:token>/                        -
login/                                         a
logout/                                        -
inactive/                                      aW
reauthenticate/                                -
password/change/                               -
password/set/                                  W
password/reset/                                aW
password/reset/done/                           aW
^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ aW
password/reset/key/done/                       aW
second-step/                                   -
second-step/again/                             -
app/add/                                       W
app/remove/                                    -
passkey/add/                                   W
passkey/login/                                 -
passkey/again/                                 -
passkey/<int:pk>/rename/                       -
passkey/<int:pk>/remove/                       -
recovery-codes/                                -
recovery-codes/new/                            W
"""


def test_the_pages_around_an_account_open_to_those_whom_the_table_names(people):
    found = []
    for pattern in dict.fromkeys(patterns(get_resolver(), "accounts/")):
        where = re.sub(r"\^password.*", "password/reset/key/1-x/", pattern)
        where = "/accounts/" + re.sub(r"<(?:\w+:)?(\w+)>", "1", where)
        seen = "".join(one for one in "aW" if people[one].get(where).status_code == 200)
        found.append(f"{pattern or '(account)'} {seen or '-'}")
    assert sorted(found) == sorted(" ".join(line.split()) for line in ACCOUNTS.strip().splitlines())
    assert len(found) == 23
