"""How often the sign-up form may make us write to people: every number, each with its reason.

Two things are told apart. A *limit* counts the mails that we have sent; it keeps one visitor from
making us send many. A *breaker* counts who asks, whether they got a mail or not; it sees that the
form is being used to bomb somebody from many places at once, and stays open until that is over.
All are counted in the rows of `SignUp`, in the time before the row that is decided; so both end by
themselves.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from .models import SignUp

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    most: int
    within: timedelta


# Rows older than this are counted by nothing, and go.
LONGEST = DAY

# A mail to one address. Who presses twice, or waits for a mail that is slow, needs no second one
# yet; who has had three in a day and confirmed none does not want a fourth.
ADDRESS = (Limit(1, timedelta(minutes=10)), Limit(3, DAY))
# From one network. A family, an office or a lecture hall shares one; so does a mobile provider's
# gateway. One person with a list of addresses does not get far.
NETWORK = (Limit(10, HOUR), Limit(40, DAY))
# To one host. A university that hears of us in a lecture stays below; above it somebody is making
# up names at one host, and its owner would take us for a sender of spam.
DOMAIN = (Limit(20, HOUR), Limit(60, DAY))
# Half of all readers have their mail at one of these: they say nothing of who asks.
PROVIDERS = frozenset(
    [
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
        *("yahoo.com", "aol.com", "icloud.com", "me.com", "mac.com", "proton.me"),
        *("protonmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr", "free.fr"),
        *("libero.it", "yahoo.co.uk", "hotmail.co.uk", "yahoo.fr", "hotmail.fr", "comcast.net"),
        *("mail.ru", "yandex.ru", "qq.com", "163.com", "naver.com", "fastmail.com", "posteo.de"),
    ]
)
PROVIDER = (Limit(200, HOUR), Limit(1500, DAY))
# In all. A good day brings a magazine of this size a hundred new readers; a film star's mention,
# a thousand.
ALL = (Limit(400, HOUR), Limit(3000, DAY))

# Breakers. One person has a phone, a home and an office: a fourth network that asks for the same
# address is not that person.
ADDRESS_NETWORKS = Limit(3, DAY)
# As many networks within an hour for one small host are a crowd that somebody sent.
DOMAIN_NETWORKS = Limit(15, HOUR)
# One sign-up every two seconds for ten minutes: no article of ours is that popular.
ALL_ASKED = Limit(300, timedelta(minutes=10))

# At the door, so that a flood cannot fill the disk: a network's rows in a day, and rows in all
# (a row is about half a kilobyte). What comes above is answered like all else and not kept.
NETWORK_ROWS = Limit(200, DAY)
ROWS = 50_000


def admit(email: str, *, network: str, **circumstances: Any) -> None:
    """Keep what came in by a form, if there is room. Raises NotAnAddress."""
    if has_room(network):
        SignUp.objects.receive(email, network=network, **circumstances)


def has_room(network: str) -> bool:
    """Whether the door is open for one more from this network."""
    rows = SignUp.objects.order_by("pk").values_list("pk", flat=True)
    recent = rows.filter(network=network, made_at__gt=timezone.now() - NETWORK_ROWS.within)
    oldest, newest = rows.first(), rows.last()
    is_full = oldest is not None and newest is not None and newest - oldest >= ROWS
    return recent[: NETWORK_ROWS.most].count() < NETWORK_ROWS.most and not is_full


def forbidding(sign_up: SignUp) -> str:
    """The limit or breaker that keeps us from writing to this address, or nothing."""
    before = SignUp.objects.filter(pk__lt=sign_up.pk)
    # Two workers may decide in another order than that in which people came.
    mailed = SignUp.objects.filter(outcome__in=SignUp.MAILED)
    is_provider = sign_up.domain in PROVIDERS

    def since(limit: Limit) -> Q:
        return Q(made_at__gt=sign_up.made_at - limit.within)

    def networks(limit: Limit) -> Q:
        """Of other networks; this one would be one more."""
        return since(limit) & ~Q(network=sign_up.network)

    if before.filter(since(ALL_ASKED))[: ALL_ASKED.most].count() >= ALL_ASKED.most:
        return "all, breaker"
    of_address, of_domain = Q(digest=sign_up.digest), Q(domain=sign_up.domain)
    for name, rows, breaker in (
        ("address", before.filter(of_address), ADDRESS_NETWORKS),
        ("domain", before.filter(of_domain), None if is_provider else DOMAIN_NETWORKS),
    ):
        if breaker:
            others = rows.filter(networks(breaker)).order_by().values("network").distinct()
            if others[: breaker.most].count() >= breaker.most:
                return f"{name}, breaker"
    for name, rows, limits in (
        ("address", mailed.filter(of_address), ADDRESS),
        ("network", mailed.filter(network=sign_up.network), NETWORK),
        ("domain", mailed.filter(of_domain), PROVIDER if is_provider else DOMAIN),
        ("all", mailed, ALL),
    ):
        for limit in limits:
            if rows.filter(since(limit))[: limit.most].count() >= limit.most:
                return name
    return ""
