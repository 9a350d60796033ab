"""The project's own system checks."""

import os
import subprocess
import sys

import pytest

from articles.models import redirects
from magazine import checks
from tests.conftest import ROOT


def test_an_address_without_a_reserved_slug_is_an_error(monkeypatch):
    assert checks.fixed_urls_are_reserved(None) == []
    monkeypatch.setattr(checks, "RESERVED_SLUGS", redirects.RESERVED_SLUGS - {"section"})
    assert [error.id for error in checks.fixed_urls_are_reserved(None)] == ["magazine.E001"]


def test_a_site_without_tls_is_warned_of_before_it_is_deployed(settings):
    settings.HTTPS = False
    assert [warning.id for warning in checks.site_url_is_secure(None)] == ["magazine.W002"]
    settings.HTTPS = True
    assert checks.site_url_is_secure(None) == []


def test_a_newsroom_behind_passwords_alone_is_warned_of_before_it_is_deployed(settings):
    assert [warning.id for warning in checks.second_factor_is_asked(None)] == ["magazine.W003"]
    for asked in ("chief", "all"):
        settings.SECOND_FACTOR = asked
        assert checks.second_factor_is_asked(None) == checks.second_factor_is_known(None) == []


def test_a_mistyped_second_factor_is_an_error(settings):
    """Else the newsroom would stand open without anybody noticing."""
    settings.SECOND_FACTOR = "cheif"
    assert [error.id for error in checks.second_factor_is_known(None)] == ["magazine.E003"]


@pytest.mark.parametrize("sign", "#/?")
def test_a_mistyped_mail_server_is_one_clear_line_without_its_password(sign):
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "EMAIL_URL": f"smtp://news:hush{sign}hush@relay.example:587"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ImproperlyConfigured: EMAIL_URL cannot be read." in ended.stderr.splitlines()[-1]
    assert "hush" not in ended.stderr
