"""What becomes of the lines of a file: first their outcomes, then people on a list."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import chain, islice
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from articles.database.statistics import refresh_statistics
from newsletter.addresses import NotAnAddress, digest_of_key, key_of_parts, read
from newsletter.models import (
    AddressFile,
    AddressLine,
    Consent,
    Letterhead,
    MailingList,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.models.mail_events import storable

from .reading import Line, UnclearDate, UnreadableFile, lines_of, moment_of
from .status import Said

AT_ONCE = 1_000
MOST_LINES = 1_000_000
Outcome = AddressLine.Outcome
# A second line of the same person is a duplicate of one with such an outcome.
COUNTED = set(Outcome.values) - {
    *(Outcome.DUPLICATE, Outcome.UNCLEAR, Outcome.PENDING, Outcome.ELSEWHERE, Outcome.REFUSED)
}


def receive(
    file: BinaryIO, *, name: str, to: MailingList, wording: str, by: User | None
) -> AddressFile:
    """Check a file at once and keep each line with its outcome; nobody is on the list yet. Raises
    UnreadableFile, and nothing of the file is kept then."""
    AddressFile.objects.forget_old()
    received = AddressFile.objects.create(
        name=storable(name, 200), list=to, wording=wording, made_by=by
    )
    try:
        check(received, file)
    except BaseException:
        received.delete()
        raise
    return received


def check(
    received: AddressFile, content: BinaryIO, goes_on: Callable[[], bool] = lambda: True
) -> None:
    """Give each line its outcome. It is read piece by piece: a large file takes time and no memory.
    Ended after any piece, also by `goes_on`, it goes on there when it is called again. Raises
    UnreadableFile, and TakenOver."""
    with closing(lines_of(content)) as read:
        first = list(islice(read, 1))
        secret = secret_for(first)
        done = received.lines.aggregate(last=Max("number"))["last"] or 0
        lines = (line for line in chain(first, read) if line.number > done)
        while some := list(islice(lines, AT_ONCE)):
            if received.line_count + len(some) > MOST_LINES:
                raise UnreadableFile(f"It has more than {MOST_LINES:,} lines.")
            with transaction.atomic():
                received.advance(len(some), content.tell())
                AddressLine.objects.bulk_create(judged(received, some, secret))
            if not goes_on():
                return
    received.checked_at = timezone.now()
    with transaction.atomic():
        received.save(update_fields=["checked_at"])
        received.pieces.all().delete()
    refresh_statistics(AddressLine)


def secret_for(first: list[Line]) -> str:
    """Return the secret of our digests. A new installation, which knows nobody yet, takes over that
    of the export of another: else nobody could tell who was erased there."""
    letterhead = Letterhead.objects.current()
    theirs = first[0].own[3] if first and first[0].own else ""
    knows_somebody = any(
        model._default_manager.exists() for model in (Subscriber, Suppression, SignUp, AddressLine)
    )
    if re.fullmatch(r"[0-9a-f]{64}", theirs) and theirs != letterhead.secret and not knows_somebody:
        letterhead.secret = theirs
        letterhead.save(update_fields=["secret"])
    return letterhead.secret


def judged(file: AddressFile, lines: Iterable[Line], secret: str) -> list[AddressLine]:
    found = [as_typed(file, line, secret) for line in lines]
    digests = {line.digest for line in found if line.digest}
    counted = file.lines.filter(digest__in=digests, outcome__in=COUNTED)
    seen = dict(counted.values_list("digest", "number"))
    outcome_of = outcomes(file.list, digests)
    for line in found:
        known = outcome_of.get(line.digest, Outcome.NEW)
        if line.outcome == Outcome.GONE:
            line.outcome = line.outcome if known in AddressLine.TAKEN else known
        elif not line.outcome and (number := seen.get(line.digest)) is not None:
            line.outcome, line.remark = Outcome.DUPLICATE, f"Line {number}."
        elif not line.outcome:
            line.outcome = known
        if line.outcome in COUNTED:
            seen.setdefault(line.digest, line.number)
    believe_the_gone(file, found)
    return found


def believe_the_gone(file: AddressFile, found: list[AddressLine]) -> None:
    """A line that says that its person is gone counts more than one before that would import
    them."""
    gone = {line.digest: line.number for line in found if line.outcome == Outcome.GONE}
    stored = file.lines.filter(digest__in=gone, outcome__in=AddressLine.TAKEN)
    doubtful = [line for line in found if line.outcome in AddressLine.TAKEN]
    changed = [*stored, *(line for line in doubtful if line.digest in gone)]
    for line in changed:
        line.outcome, line.remark = Outcome.DUPLICATE, f"Line {gone[line.digest]} says otherwise."
    AddressLine.objects.bulk_update([line for line in changed if line.pk], ["outcome", "remark"])


def as_typed(file: AddressFile, line: Line, secret: str) -> AddressLine:
    made = AddressLine(
        file=file,
        number=line.number,
        typed=storable(line.typed, 300),
        wording=storable(line.wording, 2_000),
    )
    said = said_of(line, file.list)
    if said:
        made.outcome, made.remark = said.outcome, storable(said.words, 200)
        made.suppression = said.reason
    try:
        made.address, made.digest = identity_of(line, secret)
    except NotAnAddress as fault:
        made.outcome, made.remark = Outcome.REFUSED, storable(str(fault), 200)
        return made
    try:
        made.confirmed_at = moment_of(line.date) if line.date else None
    except UnclearDate:
        if not said:
            made.outcome = Outcome.UNCLEAR
            made.remark = f"“{storable(line.date, 40)}”: write it as 2026-11-25; it must be past."
    return made


def identity_of(line: Line, secret: str) -> tuple[str, str]:
    """Return the address and the digest of a line; of somebody who was erased our own export has
    the digest alone. Raises NotAnAddress."""
    _, _, digest, made_with = line.own or ("", "", "", "")
    if line.typed or not (digest and line.said and line.said.reason):
        parts = read(line.typed)
        return parts.normalized, digest_of_key(key_of_parts(parts), secret)
    if made_with != secret or not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise NotAnAddress(
            "Somebody who was erased, known by another secret: import this file on a new "
            "installation, before anything else."
        )
    return "", digest


def said_of(line: Line, to: MailingList) -> Said | None:
    """Return what speaks against a line; in a file of our own export also that it is of people on
    other lists."""
    if not line.own or (line.said and (line.said.reason or line.said.outcome == Outcome.PENDING)):
        return line.said
    lists, left = (f", {cell}, ".casefold() for cell in line.own[:2])
    name = f", {to.name}, ".casefold()
    if name in left:
        return Said(Outcome.GONE, "It left this list.")
    if name not in lists:
        return Said(Outcome.ELSEWHERE, f"On {line.own[0]}." if line.own[0] else "On no list.")
    return line.said


def outcomes(to: MailingList, digests: set[str]) -> dict[str, AddressLine.Outcome]:
    """Return the outcome on each known person; unknown digests are left out."""
    suppressed = Suppression.objects.filter(digest__in=digests).values_list("digest", flat=True)
    people = Subscriber.objects.filter(digest__in=digests).values_list(
        "pk", "digest", "confirmed_at"
    )
    on_list = dict(
        Subscription.objects.filter(list=to, subscriber__digest__in=digests).values_list(
            "subscriber", "left_at"
        )
    )
    found: dict[str, AddressLine.Outcome] = {}
    for key, digest, confirmed_at in people:
        if on_list.get(key):
            found[digest] = Outcome.LEFT
        elif key in on_list and confirmed_at:
            found[digest] = Outcome.KNOWN
        else:
            found[digest] = Outcome.JOINS
    return found | dict.fromkeys(suppressed, Outcome.SUPPRESSED)


@transaction.atomic
def take_some(key: int, by: str) -> bool:
    """Put the next people of a file on its list; return whether they were the last. Changes since
    the check count: people who have left or were suppressed meanwhile are left out. `by` names who
    wanted it, for the record of consent."""
    file = AddressFile.objects.select_for_update(of=("self",)).select_related("list").get(pk=key)
    now = timezone.now()
    lines = list(file.lines.to_take()[:AT_ONCE])
    if file.started_at is None:
        file.started_at = now
    if lines:
        outcome_of = outcomes(file.list, {line.digest for line in lines})
        for line in lines:
            known = outcome_of.get(line.digest, Outcome.NEW)
            if line.outcome != Outcome.GONE or known not in AddressLine.TAKEN:
                line.outcome = known
        # Who is on the list by now stays on it: a line that was new is not news any more.
        store(file, [line for line in lines if line.outcome in AddressLine.KEPT], by, now)
        for outcome in {line.outcome for line in lines}:
            keys = [line.pk for line in lines if line.outcome == outcome]
            taken_at = now if outcome in AddressLine.KEPT else None
            AddressLine.objects.filter(pk__in=keys).update(outcome=outcome, taken_at=taken_at)
    is_last = not file.lines.to_take().exists()
    if is_last and file.finished_at is None:
        file.finished_at = now
    file.worked_at, file.attempts = now, 0
    file.save(update_fields=["started_at", "finished_at", "worked_at", "attempts"])
    if is_last:
        refresh_statistics(Subscriber, Subscription, Suppression, Consent)
    return is_last


def store(file: AddressFile, lines: list[AddressLine], by: str, now: datetime) -> None:
    Suppression.objects.bulk_create(
        [
            Suppression(digest=line.digest, reason=line.suppression)
            for line in lines
            if line.suppression
        ],
        ignore_conflicts=True,
    )
    lines = [line for line in lines if not line.suppression]
    people = confirmed_people(lines, now)
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=people[line.digest],
                list=file.list,
                joined_at=line.confirmed_at or now,
                left_at=now if line.outcome == Outcome.GONE else None,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )
    Consent.objects.bulk_create(
        Consent(
            subscriber=people[line.digest],
            action=Consent.Action.LEFT if line.outcome == Outcome.GONE else Consent.Action.IMPORTED,
            lists=file.list.name,
            wording=line.remark if line.outcome == Outcome.GONE else consent_of(line, file),
            page=f"“{file.name}”, line {line.number}, imported by {by}"[:500],
            made_at=now,
        )
        for line in lines
    )


def confirmed_people(lines: list[AddressLine], now: datetime) -> dict[str, Subscriber]:
    """Return the subscribers of these lines by digest: new ones are created, and all confirmed but
    those who are gone."""
    Subscriber.objects.bulk_create(
        [
            Subscriber(
                email=line.address,
                digest=line.digest,
                asked_at=line.confirmed_at or now,
                confirmed_at=line.confirmed_at or now,
            )
            for line in lines
        ],
        ignore_conflicts=True,  # who is known already, or signs up at this very moment
    )
    people = {
        person.digest: person
        for person in Subscriber.objects.filter(digest__in=[line.digest for line in lines])
    }
    for line in lines:
        person = people[line.digest]
        if person.confirmed_at is None and line.outcome != Outcome.GONE:
            person.confirmed_at = line.confirmed_at or now
            person.save(update_fields=["confirmed_at"])
    return people


def consent_of(line: AddressLine, file: AddressFile) -> str:
    day = f" ({timezone.localdate(line.confirmed_at):%Y-%m-%d})" if line.confirmed_at else ""
    return (line.wording or file.wording) + day


REPORT = ["line", "address", "result", "remark"]


def report(file: AddressFile) -> Iterator[list[object]]:
    """Yield the rows of a table that says of each line what became or will become of it."""
    yield list(REPORT)
    for line in file.lines.order_by("number").iterator(AT_ONCE):
        is_imported = line.taken_at and line.outcome in AddressLine.TAKEN
        result = "imported" if is_imported else line.get_outcome_display()
        yield [line.number, line.typed or "(address not kept)", result, line.remark]
