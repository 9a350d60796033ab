"""What becomes of the lines of a file: first their verdicts, then people on a list."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from newsletter.addresses import NotAnAddress, digest_of_key, key_of_parts, read
from newsletter.models import (
    AddressFile,
    AddressLine,
    Consent,
    Letterhead,
    MailingList,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.models.notices import storable

from .reading import Line, UnclearDate, UnreadableFile, lines_of, moment_of

AT_ONCE = 1_000
MOST_LINES = 1_000_000
Verdict = AddressLine.Verdict


def receive(
    file: BinaryIO, *, name: str, to: MailingList, wording: str, by: User | None
) -> AddressFile:
    """Look a file through and keep each line with its verdict; nobody is on the list yet.

    Raises UnreadableFile, and nothing of the file is kept then. It is read piece by piece: a large
    one takes time and no memory.
    """
    AddressFile.objects.forget_old()
    received = AddressFile.objects.create(
        name=storable(name, 200), list=to, wording=wording, made_by=by
    )
    try:
        lines = lines_of(file)
        secret = Letterhead.objects.current().secret
        number = 0
        while some := list(islice(lines, AT_ONCE)):
            number += len(some)
            if number > MOST_LINES:
                raise UnreadableFile(f"It has more than {MOST_LINES:,} lines.")
            AddressLine.objects.bulk_create(judged(received, some, secret))
    except BaseException:
        received.delete()
        raise
    received.checked_at = timezone.now()
    received.save(update_fields=["checked_at"])
    return received


def judged(file: AddressFile, lines: Iterable[Line], secret: str) -> list[AddressLine]:
    found = [as_typed(file, line, secret) for line in lines]
    digests = {line.digest for line in found if line.digest}
    earlier = file.lines.filter(digest__in=digests)
    counted = earlier.exclude(verdict__in=[Verdict.DUPLICATE, Verdict.UNCLEAR])
    seen = dict(counted.values_list("digest", "number"))
    standing = verdicts(file.list, digests)
    for line in found:
        if line.verdict:
            continue
        if (number := seen.get(line.digest)) is not None:
            line.verdict, line.remark = Verdict.DUPLICATE, f"Line {number}."
        else:
            seen[line.digest] = line.number
            line.verdict = standing.get(line.digest, Verdict.NEW)
    return found


def as_typed(file: AddressFile, line: Line, secret: str) -> AddressLine:
    """A line with its address, or the verdict that it holds none."""
    made = AddressLine(
        file=file,
        number=line.number,
        typed=storable(line.typed, 300),
        wording=storable(line.wording, 2_000),
    )
    try:
        parts = read(line.typed)
    except NotAnAddress as fault:
        made.verdict, made.remark = Verdict.REFUSED, storable(str(fault), 200)
        return made
    made.address = parts.normalized
    made.digest = digest_of_key(key_of_parts(parts), secret)
    try:
        made.confirmed_at = moment_of(line.date) if line.date else None
    except UnclearDate:
        made.verdict = Verdict.UNCLEAR
        made.remark = f"“{storable(line.date, 40)}”: write it as 2026-11-25; it must be past."
    return made


def verdicts(to: MailingList, digests: set[str]) -> dict[str, AddressLine.Verdict]:
    """What is known of these people; who is in no way known is left out."""
    suppressed = Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True)
    people = Subscriber.objects.filter(digest__in=digests).values_list(
        "pk", "digest", "confirmed_at"
    )
    on_list = dict(
        Subscription.objects.filter(list=to, subscriber__digest__in=digests).values_list(
            "subscriber", "left_at"
        )
    )
    found: dict[str, AddressLine.Verdict] = {}
    for key, digest, confirmed_at in people:
        if on_list.get(key):
            found[digest] = Verdict.LEFT
        elif key in on_list and confirmed_at:
            found[digest] = Verdict.KNOWN
        else:
            found[digest] = Verdict.JOINS
    return found | dict.fromkeys(suppressed, Verdict.SUPPRESSED)


@transaction.atomic
def take_some(key: int, by: str) -> bool:
    """Put the next people of a file on its list; whether that was the last of it.

    What has changed since the file was looked through counts: who has left or was suppressed
    meanwhile is left out. `by` names who wanted it, for the record of consent.
    """
    file = AddressFile.objects.select_for_update(of=("self",)).select_related("list").get(pk=key)
    now = timezone.now()
    lines = list(file.lines.to_take()[:AT_ONCE])
    if file.started_at is None:
        file.started_at = now
    if lines:
        standing = verdicts(file.list, {line.digest for line in lines})
        for line in lines:
            line.verdict = standing.get(line.digest, Verdict.NEW)
        # Who is on the list by now stays on it: a line that was new is not news any more.
        store(file, [line for line in lines if line.verdict in AddressLine.TAKEN], by, now)
        for verdict in {line.verdict for line in lines}:
            keys = [line.pk for line in lines if line.verdict == verdict]
            taken_at = now if verdict in AddressLine.TAKEN else None
            AddressLine.objects.filter(pk__in=keys).update(verdict=verdict, taken_at=taken_at)
    is_last = not file.lines.to_take().exists()
    if is_last and file.finished_at is None:
        file.finished_at = now
    file.save(update_fields=["started_at", "finished_at"])
    return is_last


def store(file: AddressFile, lines: list[AddressLine], by: str, now: datetime) -> None:
    """Each is confirmed by what was said of them, and that is kept."""
    Subscriber.objects.bulk_create(
        [
            Subscriber(
                email=line.address,
                digest=line.digest,
                asked_at=line.confirmed_at or now,
                confirmed_at=line.confirmed_at or now,
            )
            for line in lines
            if line.verdict == Verdict.NEW
        ],
        ignore_conflicts=True,  # somebody signs up at this very moment
    )
    people = {
        person.digest: person
        for person in Subscriber.objects.filter(digest__in=[line.digest for line in lines])
    }
    for line in lines:
        person = people[line.digest]
        if person.confirmed_at is None:
            person.confirmed_at = line.confirmed_at or now
            person.save(update_fields=["confirmed_at"])
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=people[line.digest], list=file.list, joined_at=line.confirmed_at or now
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )
    Consent.objects.bulk_create(
        Consent(
            subscriber=people[line.digest],
            act=Consent.Act.IMPORTED,
            lists=file.list.name,
            wording=consent_of(line, file),
            page=f"“{file.name}”, line {line.number}, imported by {by}"[:500],
            made_at=now,
        )
        for line in lines
    )


def consent_of(line: AddressLine, file: AddressFile) -> str:
    day = f" ({timezone.localdate(line.confirmed_at):%Y-%m-%d})" if line.confirmed_at else ""
    return (line.wording or file.wording) + day


REPORT = ["line", "address", "result", "remark"]


def report(file: AddressFile) -> Iterator[list[object]]:
    """The rows of a table that says of each line what became or will become of it."""
    yield list(REPORT)
    for line in file.lines.order_by("number").iterator(AT_ONCE):
        result = "imported" if line.taken_at else line.get_verdict_display()
        yield [line.number, line.typed, result, line.remark]
