"""How much may go out."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from newsletter.checks import rates_are_rates, senders_are_addresses, timeouts_are_seconds
from newsletter.models import Relay
from newsletter.sending import rates

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_all_workers_share_each_rate():
    Relay.objects.current()
    three = rates.parse(["3/s", "5/h", "7/d"])
    with time_machine.travel(NOON, tick=False) as clock:
        assert rates.reserve(three, 2) == (2, None)
        assert rates.reserve(three, 2) == (1, None)
        assert rates.reserve(three, 1) == (0, NOON + timedelta(seconds=1))
        clock.shift(1)
        assert rates.reserve(three, 9) == (2, None)
        assert rates.reserve(three, 1) == (0, NOON + timedelta(hours=1))
        clock.shift(timedelta(hours=1))
        assert rates.reserve(three, 9) == (2, None)
        assert rates.reserve(three, 9) == (0, NOON + timedelta(days=1))
        # A clock that was put back stops nothing.
        clock.move_to(NOON - timedelta(days=2))
        assert rates.reserve(three, 9) == (3, None)


@pytest.mark.django_db
def test_without_rates_all_may_go(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rates.reserve([], 9) == (9, None)


@pytest.mark.parametrize("typed", ["10", "10/m", "0/s", "ten/s", "10/s/h", "-1/h", "1e3/d"])
def test_a_rate_that_is_mistyped_is_named_by_the_system_check(settings, typed):
    settings.NEWSLETTER_RATES = ["5/h", typed]
    (error,) = rates_are_rates(None)
    assert (error.id, typed in error.msg) == ("newsletter.E001", True)
    settings.NEWSLETTER_RATES = ["5/h", " 10/s", ""]
    assert rates_are_rates(None) == []


def test_two_rates_for_one_unit_are_one_too_many():
    with pytest.raises(rates.NotARate, match="two rates for each hour"):
        rates.parse(["5/h", "6/h"])


@pytest.mark.parametrize("name", ["NEWSLETTER_FROM", "NEWSLETTER_BOUNCES"])
def test_a_sender_that_is_no_address_is_named_by_the_system_check(settings, name):
    setattr(settings, name, "nobody")
    assert [error.id for error in senders_are_addresses(None)] == ["newsletter.E002"]
    setattr(settings, name, "The Magazine <news@magazine.example>")
    assert senders_are_addresses(None) == []


@pytest.mark.django_db
def test_trouble_is_counted_once_however_many_meet_it():
    relays = [Relay.objects.current() for _ in range(4)]
    assert [relay.back_off("421 busy") for relay in relays] == [True, False, False, False]
    assert {relay.troubles for relay in relays} == {1}


@pytest.mark.parametrize("name", ["EMAIL_TIMEOUT", "EMAIL_DATA_TIMEOUT"])
@pytest.mark.parametrize("seconds", [0, -1])
def test_a_server_that_is_given_no_time_is_an_error_of_the_check(settings, name, seconds):
    assert timeouts_are_seconds(None) == []
    setattr(settings, name, seconds)
    (error,) = timeouts_are_seconds(None)
    assert error.msg.startswith(name)
