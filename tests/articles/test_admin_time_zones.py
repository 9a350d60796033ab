"""Times that somebody types: the clock of the magazine's zone skips some and shows some twice."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.http import QueryDict

from articles.admin.fields import MomentField
from articles.admin.time_zones import zone_in_words


class MomentForm(forms.Form):
    at = MomentField(help_text="When it goes out.")


def typed(at: str, which: str = "") -> MomentForm:
    data = QueryDict(mutable=True)
    data.update({"at": at, **({"at_which": which} if which else {})})
    return MomentForm(data)


@pytest.mark.parametrize(
    ("zone", "at", "moment"),
    [
        ("Europe/Berlin", "2026-07-01T18:00:00", datetime(2026, 7, 1, 16, tzinfo=UTC)),
        ("Europe/Berlin", "2026-12-01T18:00", datetime(2026, 12, 1, 17, tzinfo=UTC)),
        ("America/New_York", "2026-07-01T18:00:00", datetime(2026, 7, 1, 22, tzinfo=UTC)),
        ("UTC", "2026-03-29T02:30:00", datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_by_the_magazines_clock(settings, zone, at, moment):
    settings.TIME_ZONE = zone
    form = typed(at)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["at"] == moment
    assert "at_which" not in str(form)


@pytest.mark.parametrize(
    ("zone", "at", "sentence", "first", "second"),
    [
        (
            "Europe/Berlin",
            "2026-10-25T02:30:00",
            "twice on that day. Choose which is meant: 02:30 CEST (UTC+2) or, an hour later, "
            "02:30 CET (UTC+1).",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
        (
            "Europe/Berlin",
            "2026-03-29T02:30:00",
            "skips 02:30 on that day. Choose 01:30 CET (UTC+1) or 03:30 CEST (UTC+2).",
            datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),
        (
            "America/New_York",
            "2026-11-01T01:15:00",
            "twice on that day. Choose which is meant: 01:15 EDT (UTC−4) or, an hour later, "
            "01:15 EST (UTC−5).",
            datetime(2026, 11, 1, 5, 15, tzinfo=UTC),
            datetime(2026, 11, 1, 6, 15, tzinfo=UTC),
        ),
        (
            "America/New_York",
            "2026-03-08T02:15:00",
            "skips 02:15 on that day. Choose 01:15 EST (UTC−5) or 03:15 EDT (UTC−4).",
            datetime(2026, 3, 8, 6, 15, tzinfo=UTC),
            datetime(2026, 3, 8, 7, 15, tzinfo=UTC),
        ),
    ],
)
def test_a_time_that_is_skipped_or_repeated_is_asked_about(
    settings, zone, at, sentence, first, second
):
    """The error names both, the input offers both, and either can be chosen."""
    settings.TIME_ZONE = zone
    asked = typed(at)
    assert sentence in asked.errors["at"][0]
    html = str(asked["at"])
    assert at in html
    assert html.count("<option") == 3
    for which, moment in (("1", first), ("2", second)):
        chosen = typed(at, which)
        assert chosen.is_valid(), chosen.errors
        assert chosen.cleaned_data["at"] == moment
        assert f'value="{which}" selected' in str(chosen["at"])


def test_a_stored_moment_of_the_repeated_hour_is_shown_as_the_one_it_is(settings):
    """Saving the untouched form sends the same moment back."""
    settings.TIME_ZONE = "Europe/Berlin"
    for number, hour in (("1", 0), ("2", 1)):
        form = MomentForm(initial={"at": datetime(2026, 10, 25, hour, 30, tzinfo=UTC)})
        html = str(form["at"])
        assert 'value="2026-10-25T02:30:00"' in html
        assert f'value="{number}" selected' in html


def test_a_choice_for_a_time_that_needs_none_is_passed_over(settings):
    """It was made for another time that stood there before."""
    settings.TIME_ZONE = "Europe/Berlin"
    form = typed("2026-07-01T18:00:00", "2")
    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 7, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "at",
    ["soon", "2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2026-07-01T18:00Z", " "],
)
def test_what_is_no_time_is_refused_in_words(settings, at):
    settings.TIME_ZONE = "America/New_York"
    for which in ("", "1", "x"):
        assert typed(at, which).errors["at"] == ["Enter a valid date/time."]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Time zone: UTC."),
        ("Europe/Berlin", "Time zone: Europe/Berlin (now CEST, UTC+2)."),
        ("America/New_York", "Time zone: America/New_York (now EDT, UTC−4)."),
        ("America/Sao_Paulo", "Time zone: America/Sao_Paulo (now UTC−3)."),
        ("Asia/Kathmandu", "Time zone: Asia/Kathmandu (now UTC+5:45)."),
    ],
)
def test_the_time_zone_is_spelled_out(settings, time_machine, zone, words):
    """With its name and its distance from UTC at present, also in a form that is old by then."""
    settings.TIME_ZONE = zone
    form = MomentForm()
    time_machine.move_to(datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert zone_in_words() == words
    assert form.fields["at"].help_text == f"When it goes out. {words}"
