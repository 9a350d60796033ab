"""How often the sign-up form may make us write to people: every number, each with its reason.

Two things are told apart. A *limit* counts the mails that we have sent; it keeps one visitor from
making us send many. A *breaker* counts who asks, whether they got a mail or not; it sees that the
form is being used to bomb somebody from many places at once, and stays open until that is over.
All are counted in the rows of `SignUp`, in the time before the row that is decided; so both end by
themselves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from .models import SignUp

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    most: int
    within: timedelta


# Rows older than this are counted by nothing, and go.
LONGEST = DAY

# A mail to one mailbox, however its address is spelled. Who presses twice, or waits for a mail that
# is slow, needs no second one yet; who has had three in a day and confirmed none wants no fourth.
MAILBOX = (Limit(1, timedelta(minutes=10)), Limit(3, DAY))
# From one network. A family, an office or a lecture hall shares one; so does a mobile provider's
# gateway. One person with a list of addresses does not get far.
NETWORK = (Limit(10, HOUR), Limit(40, DAY))
# To one domain, with all hosts below it. A university that hears of us in a lecture stays below;
# above it somebody is making up names there, and its owner would take us for a sender of spam.
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
# mailbox is not that person.
MAILBOX_NETWORKS = Limit(3, DAY)
# As many networks within an hour for one small domain are a crowd that somebody sent.
DOMAIN_NETWORKS = Limit(15, HOUR)
# One sign-up every two seconds for ten minutes: no article of ours is that popular.
ALL_ASKED = Limit(300, timedelta(minutes=10))

# At the door, so that a flood cannot fill the disk: a network's rows in a day, and rows in all
# (a row is about half a kilobyte). What comes above is answered like all else and not kept.
NETWORK_ROWS = Limit(200, DAY)
ROWS = 50_000
FULL = f"{ROWS} addresses came in within a day."

CLOSED = "So many people sign up just now that we cannot write to all. Please try again in an hour."


def admit(email: str, *, network: str, **circumstances: Any) -> bool:
    """Store what came in by a form, if there is room; return whether the form is open. Raises
    NotAnAddress."""
    reason = closed_because()
    if reason != FULL and not is_reached(NETWORK_ROWS, SignUp.objects.filter(network=network)):
        SignUp.objects.receive(email, network=network, **circumstances)
    return not reason


def closed_because() -> str:
    """Return why the form writes to nobody now, whoever asks, in words; empty while it is open."""
    newest = Subquery(SignUp.objects.order_by("-pk").values("pk")[:1])
    first, last = SignUp.objects.order_by("pk").values_list("pk", newest).first() or (0, 0)
    if last - first >= ROWS:
        return FULL
    if is_reached(ALL_ASKED, SignUp.objects.all()):
        return f"{ALL_ASKED.most} addresses came in within {in_words(ALL_ASKED.within)}."
    for limit in ALL:
        if is_reached(limit, SignUp.objects.mailed()):
            return f"{limit.most} confirmations went out within {in_words(limit.within)}."
    return ""


def in_words(length: timedelta) -> str:
    return {HOUR: "an hour", DAY: "a day"}.get(length, f"{length // timedelta(minutes=1)} minutes")


def is_reached(limit: Limit, rows: QuerySet[Any, Any], at: datetime | None = None) -> bool:
    recent = rows.filter(made_at__gt=(at or timezone.now()) - limit.within)
    return recent[: limit.most].count() >= limit.most


def forbidding(sign_up: SignUp) -> str:
    """Return the limit or breaker that keeps us from writing to this address, or nothing."""
    at = sign_up.made_at
    is_provider = sign_up.domain in PROVIDERS
    of_mailbox, of_domain = Q(mailbox=sign_up.mailbox), Q(domain=sign_up.domain)
    before = SignUp.objects.filter(pk__lt=sign_up.pk)
    if is_reached(ALL_ASKED, before, at):
        return "all, breaker"
    others = before.exclude(network=sign_up.network).order_by().values("network").distinct()
    if is_reached(MAILBOX_NETWORKS, others.filter(of_mailbox), at):
        return "mailbox, breaker"
    if not is_provider and is_reached(DOMAIN_NETWORKS, others.filter(of_domain), at):
        return "domain, breaker"
    # Two workers may decide in another order than that in which people came.
    mailed = SignUp.objects.mailed()
    for name, rows, limits in (
        ("mailbox", mailed.filter(of_mailbox), MAILBOX),
        ("network", mailed.filter(network=sign_up.network), NETWORK),
        ("domain", mailed.filter(of_domain), PROVIDER if is_provider else DOMAIN),
        ("all", mailed, ALL),
    ):
        if any(is_reached(limit, rows, at) for limit in limits):
            return name
    return ""
