"""Why something cannot be deleted, in plain words: what needs it, and what to do about it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.db import router
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import policy
from articles.models import Byline
from articles.models.image_uses import ImageUse

# Of each kind of row so many are named.
MOST = 10


@dataclass(frozen=True)
class Protection:
    """How a kind of row protects another: in `says`, `row` is the one that people know it by, and
    `role` the name of its column."""

    says: str = "{row} has {protected} as its {role}."
    advice: str = "Change that, and try again."
    known_by: Callable[[Any], Model] = lambda row: row
    changes_row: bool = True  # as the advice has it


# Other apps add theirs when they are ready.
PROTECTIONS: dict[type[Model], Protection] = {
    Byline: Protection(
        "{protected} stands in the byline of the article {row}.",
        "Take it out of the byline, and try again.",
        lambda byline: byline.article,
    ),
    ImageUse: Protection(
        "{protected} stands in the text of {row}.",
        "Take it out of the text, and try again.",
        lambda use: use.text,
    ),
}


def reasons(rows: Sequence[Model], request: HttpRequest) -> Iterator[SafeString]:
    """Yield a sentence for each row that forbids the deletion of these."""
    collector = NestedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
    collector.collect(rows)
    found = sorted(collector.protected, key=lambda row: (row._meta.label, -row.pk))
    for kind, protecting in groupby(found, key=type):
        group = list(protecting)
        for row in group[:MOST]:
            yield sentence(row, rows, PROTECTIONS.get(kind, Protection()), request)
        if len(group) > MOST:
            yield format_html("And {} more.", len(group) - MOST)


def sentence(
    row: Model, rows: Sequence[Model], protection: Protection, request: HttpRequest
) -> SafeString:
    role, protected = protected_by(row, rows)
    known = protection.known_by(row)
    says = format_html(
        protection.says, row=link(known, request), protected=f"“{protected}”", role=role
    )
    may_do = not protection.changes_row or policy.may(request.user, "change", type(known), known)
    ask = "" if may_do else " Ask a colleague who may do that."
    return format_html("{} {}{}", says, protection.advice, ask)


def protected_by(row: Model, rows: Sequence[Model]) -> tuple[str, Model]:
    for field in row._meta.concrete_fields:
        for one in rows:
            if type(one) is field.related_model and getattr(row, field.attname) == one.pk:
                return str(field.verbose_name), one
    return "part", rows[0]


def link(row: Model, request: HttpRequest) -> SafeString:
    options = row._meta
    try:
        url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        url = ""
    if not (url and policy.may(request.user, "view", type(row), row)):
        return format_html("“{}”", row)
    return format_html('<a href="{}">“{}”</a>', url, row)
