"""What the pages of an issue share: their frame, their addresses, and what the stored draft is."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from newsletter.checklist import Proof
from newsletter.models import Issue
from newsletter.rendering import LARGE, TOO_LARGE

from .issue_form import mark_of

TEMPLATES = "admin/newsletter/issue"
LIST = "admin:newsletter_issue_changelist"


def address(issue: Issue, page: str) -> str:
    return reverse(f"admin:newsletter_issue_{page}", args=[issue.pk])


def log(request: HttpRequest, issue: Issue, message: str, flag: int = CHANGE) -> None:
    by = cast(AbstractUser, request.user)
    LogEntry.objects.log_actions(by.pk, [issue], flag, message, single_object=True)


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), "opts": Issue._meta, **context}
    return render(request, f"{TEMPLATES}/{template}", context, status=status)


def beside(issue: Issue) -> dict[str, Any]:
    """What stands beside the form, of the issue as it is stored."""
    fresh = Issue.objects.select_related("list").get(pk=issue.pk)
    proof = Proof(fresh)
    checks = proof.checks if fresh.is_open else []
    blocking = sum(check.is_blocking for check in checks)
    return {
        "mark": mark_of(fresh),
        "proof": proof,
        "checks": checks,
        "blocking": blocking,
        "advice": len(checks) - blocking,
        "meter": meter(proof.mail.size),
        "issue": fresh,
    }


def meter(size: int) -> dict[str, Any]:
    """The size of the mail in kilobytes, and whether it is well."""
    kilobytes = f"{size / 1024:.0f} KB"
    if size > TOO_LARGE:
        words = f"{kilobytes}: too large. Not more than {TOO_LARGE // 1024} KB can be sent."
    elif size > LARGE:
        words = f"{kilobytes}: large. Not more than {TOO_LARGE // 1024} KB can be sent."
    else:
        words = f"{kilobytes} of {TOO_LARGE // 1024}"
    return {
        "size": size,
        "words": words,
        "most": TOO_LARGE,
        "large": LARGE,
        "is_large": size > LARGE,
        "is_too_large": size > TOO_LARGE,
    }
