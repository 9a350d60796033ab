"""When two addresses are one person's."""

import pytest

from newsletter.addresses import NotAnAddress, ascii_of, cleaned, digest_of, key_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vera@example.org", "VERA@Example.ORG"),
        ("vera@bücher.example.org", "vera@xn--bcher-kva.example.org"),
        ("vera@BÜCHER.example.org", "Vera@XN--BCHER-KVA.example.org"),
        ("vera@straße.de", "vera@xn--strae-oqa.de"),
        ("jörg@example.org", "JÖRG@example.org"),
    ],
)
def test_spellings_of_one_address_have_one_key(one, other):
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vera@example.org", "vera@example.com"),
        ("vera+a@example.org", "vera@example.org"),
        # Two hosts with two owners; the older IDNA 2003 took them for one.
        ("vera@straße.de", "vera@strasse.de"),
    ],
)
def test_addresses_of_two_people_have_two_keys(one, other):
    assert key_of(one) != key_of(other)


def test_a_host_is_written_to_by_the_newer_standard():
    """Django alone would write to another host."""
    assert ascii_of("vera@straße.de") == "vera@xn--strae-oqa.de"
    assert ascii_of("Vera@example.org") == "Vera@example.org"
    assert ascii_of("jörg@example.org") is None


@pytest.mark.parametrize(
    "typed", ["a@example.org\nBcc: b@example.org", "a@b@example.org", "<a@example.org>", "a@[::1]"]
)
def test_what_is_more_than_an_address_is_none(typed):
    with pytest.raises(NotAnAddress):
        cleaned(typed)


def test_cleaning_twice_changes_nothing():
    for typed in (" Vera@BÜCHER.example.org ", "vera@xn--strae-oqa.de", "JÖRG@example.org"):
        assert cleaned(cleaned(typed)) == cleaned(typed)


@pytest.mark.django_db
def test_a_digest_needs_the_letterheads_secret_and_outlives_the_secret_key(settings):
    before = digest_of("Vera@example.org")
    settings.SECRET_KEY = "another"
    assert digest_of("vera@EXAMPLE.org") == before
    assert digest_of("vera@example.org", "00" * 32) != before
