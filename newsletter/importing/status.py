"""What the columns of a file say of who gets mail, who left, and who is blocked.

Other systems say it in many ways: by a word in “status”, by yes or no in “subscribed”, by a moment
in “unsubscribed at”. A column is known by its name, never by its place; what a cell of it says
decides, and a cell that is not understood refuses its line. Names and cells are compared in plain
words: without case, dashes, underscores and the humps of camels.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.models import AddressLine, Suppression

Outcome, Reason = AddressLine.Outcome, Suppression.Reason


def normalised(text: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"[\W_]+", " ", spaced).strip().casefold()


TRUE = frozenset(["1", "true", "yes", "y", "t", "on", "x", "ja", "oui", "si"])
FALSE = frozenset(["false", "no", "n", "f", "off", "none", "null", "nil", "never", "nein", "non"])
ZERO = re.compile(r"[0\s:.,tz/+–—\[\]-]*", re.IGNORECASE)  # also 0000-00-00 00:00:00 of MySQL
MOMENT = re.compile(r"\b(19|20)\d\d|\d\D\d{1,2}\D\d\d\b|^\d{9,14}$")

# Names of columns in which any moment or yes means that somebody is not to be mailed.
AGAINST = re.compile(
    r"\b(unsub\w*|opt(ed)? ?out|bounc\w*|complain\w*|spam|junk|blocked|block ?list\w*"
    r"|black ?list\w*|suppress\w*|deleted?|removed?|cancell?ed|clean(ed)?|disabled?|left|erased?"
    r"|quarantin\w+|undeliver\w*|invalid( e ?mail( address)?)?|excluded|no ?mail|dnc"
    r"|do not (e ?mail|mail|contact)|no bulk \w+|on hold|inactive|deactivated"
    r"|archived|banned|revoked|withdrawn|deceased|stop (time|date)|un(confirmed|verified|activated)"
    r"|not (yet )?(subscribed|confirmed|active|verified|opted in)|abgemeldet|gesperrt"
    r"|d[eé]sabonn\w+|baja)\b"
)
# These tell of somebody who left; how often or by which link is no answer.
TELLS_WHY = re.compile(r"\b(reason|campaign|title|cause|comment|message|type|source)\b")
NO_ANSWER = re.compile(r"(url|link|token|key|count|rate|score|total|number)\b")
# Names of columns in which a word says it.
BY_WORD = re.compile(
    r"((e ?mail|subscriber|subscription|member|membership|contact|global|list|mailing|marketing"
    r"|newsletter|delivery|permission|consent|account|user|current|campaign|recipient|group"
    r"|sending|opt ?in) )*(status|state|statut|estado|stato|zustand)"
    r"|(e ?mail )?marketing( consent| permission)?|e ?mail (consent|permission)"
    r"|(e ?)?mail preferences?"
)
# Often about something else: only a word that is known counts, and a no.
PERHAPS = re.compile(
    r"(subscriber |subscription |lifecycle )?(type|stage)|delivery|(e ?mail )?validity"
    r"|(\w+ )*(consents?|permissions?)"
)
POSTAL = re.compile(r"city|town|zip( code)?|post(al)? ?code|country|street.*|address line.*")
# Names of columns in which a no means that somebody is not to be mailed.
IN_FAVOUR = re.compile(
    r"(?!(last|first|days) |.*\b(sms|phone|mobile|push|paid|trial)\b)"
    r"((\w+ )*(subscribed|enabled|active|opt(ed)? ?in|consented|agreed|confirmed|verified|valid"
    r"|contactable|(e ?)?mailable|deliverable|abonniert|angemeldet|abonn[eé]e?|inscrite?)"
    r"( (to|for|by|e ?mails?|newsletters?|marketing|mailing))*"
    r"|((is|may|can|to) )*(receives?|gets?|accepts?|allows?|wants?|send|mail)( \w+)*"
    r" ((e ?)?mails?|newsletters?|marketing|mailings?)|can e ?mail|newsletter( abo)?)"
)

# What the words of a status mean, the first that fits: the outcome, and the suppression to keep.
WORDS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    *(
        (re.compile(normalised(f"suppressed {reason.label}")), Outcome.GONE, reason)
        for reason in Reason
    ),
    (
        re.compile(r"((hard|soft) )?bounc.*|(not |un)deliver.*|invalid.*|cleaned"),
        Outcome.GONE,
        "bounced",
    ),
    (re.compile(r".*(complain|spam|junk|abuse).*"), Outcome.GONE, "complained"),
    (
        re.compile(
            r"un ?(confirmed|activated|verified|approved)|(has )?not (yet )?(confirmed|verified)"
            r"|pending.*|awaiting.*|invited|validating|s|p"
        ),
        Outcome.PENDING,
        "",
    ),
    (
        re.compile(
            r"un ?sub.*|opt(ed)? ?out.*|(has )?left.*|cancell?ed|deleted|removed|block.*"
            r"|black ?list.*|suppressed.*|disabled|inactive|archived|(non|not|never) ?subscri.*"
            r"|(do not|no|never) (e ?)?mails?|denied|banned|deactivated|revoked|withdrawn|erased"
            r"|refused|expired|churned|former|u|b|0"
            r"|abgemeldet|gesperrt|d[eé]sabonn.*"
        ),
        Outcome.GONE,
        "",
    ),
    (
        re.compile(
            r"(currently )?subscribed|active|enabled|confirmed|gets mail|regular|premium|gifted"
            r"|comped|free|paid|trial.*|((single|double) )?opt(ed)? ?in|express.*|implied.*"
            r"|verified|deliverable|valid|member|normal|ok|c|granted|((all|each) )?e ?mails?|digest"
            r"|abridged|html|text|plain( text)?"
        ),
        "",
        "",
    ),
)


@dataclass(frozen=True)
class Said:
    """What a cell says against its line."""

    outcome: str
    words: str
    reason: str = ""  # of the suppression that is to be kept


Cell = Callable[[str], Said | None]


def is_true(cell: str) -> bool:
    return normalised(cell) in TRUE


def is_false(cell: str) -> bool:
    return bool(ZERO.fullmatch(cell)) or normalised(cell) in FALSE


def status_columns(header: list[str], others: set[int], dates: set[int]) -> list[tuple[int, Cell]]:
    """Return the columns that say who gets mail, each with the reader of its cells. `others` are
    those known for something else; an empty cell of `dates` says nothing."""
    names = [normalised(name) for name in header]
    is_postal = any(POSTAL.fullmatch(name) for name in names)
    found: list[tuple[int, Cell]] = []
    for place, (name, title) in enumerate(zip(names, header, strict=True)):
        is_strict = bool(BY_WORD.fullmatch(name))
        is_loose = name == "state" and is_postal if is_strict else bool(PERHAPS.fullmatch(name))
        # The words of a consent may stand in its column, and so may a no.
        if place in others and not is_loose:
            continue
        if AGAINST.search(name):
            if not NO_ANSWER.search(name):
                found.append((place, reader_against(title, name)))
        elif is_loose or is_strict:
            found.append((place, reader_of_words(title, is_loose=is_loose)))
        elif IN_FAVOUR.fullmatch(name):
            found.append((place, reader_in_favour(title, name, may_be_empty=place in dates)))
    return found


def said_by(columns: list[tuple[int, Cell]], cells: list[str]) -> Said | None:
    """Return what weighs most of what the cells of a line say against it; None for nothing."""
    said = [read(cells[place] if place < len(cells) else "") for place, read in columns]
    weight: list[str] = [Outcome.GONE, Outcome.PENDING, Outcome.UNCLEAR]
    found = sorted(filter(None, said), key=lambda one: (weight.index(one.outcome), not one.reason))
    return found[0] if found else None


def reader_against(title: str, name: str) -> Cell:
    outcome, reason = Outcome.GONE, ""
    if re.search(r"bounc|clean|undeliver|invalid", name):
        reason = Reason.BOUNCED
    elif re.search(r"complain|spam|junk", name):
        reason = Reason.COMPLAINED
    elif re.search(r"\b(un(confirmed|verified|activated)|not (yet )?(confirmed|verified))", name):
        outcome = Outcome.PENDING

    def read(cell: str) -> Said | None:
        if is_false(cell) or "://" in cell:
            return None
        if is_true(cell) or MOMENT.search(cell) or TELLS_WHY.search(name):
            return Said(outcome, quoted(title, cell), reason)
        return not_understood(title, cell)

    return read


def reader_in_favour(title: str, name: str, *, may_be_empty: bool) -> Cell:
    refusal = Outcome.PENDING if re.search(r"confirm|verif", name) else Outcome.GONE

    def read(cell: str) -> Said | None:
        if is_true(cell) or MOMENT.search(cell) or (not cell and may_be_empty):
            return None
        if cell and is_false(cell):
            return Said(refusal, quoted(title, cell))
        return word_said(title, cell)

    return read


def reader_of_words(title: str, *, is_loose: bool) -> Cell:
    def read(cell: str) -> Said | None:
        said = word_said(title, cell)
        return None if is_loose and said and said.outcome == Outcome.UNCLEAR else said

    return read


def word_said(title: str, cell: str) -> Said | None:
    word = normalised(cell)
    if word in TRUE:
        return None
    if cell and is_false(cell):
        return Said(Outcome.GONE, quoted(title, cell))
    for pattern, outcome, reason in WORDS:
        if pattern.fullmatch(word):
            return Said(outcome, quoted(title, cell), reason) if outcome else None
    return not_understood(title, cell)


def quoted(title: str, cell: str) -> str:
    return f"“{title}” says “{cell[:80]}”."


def not_understood(title: str, cell: str) -> Said:
    if not cell:
        return Said(Outcome.UNCLEAR, f"“{title}” is empty.")
    return Said(Outcome.UNCLEAR, f"{quoted(title, cell)} That is not understood.")
