"""Subscribers from a file: chosen, looked through, taken in while somebody watches."""

from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from articles import policy
from newsletter import importing, spreadsheets
from newsletter.importing.storing import report as rows_of_report
from newsletter.models import AddressFile, AddressLine, MailingList, Subscriber

PAGE = "admin:newsletter_subscriber_import_file"
# Lines that are shown on the page; the report has all of them.
SHOWN = 100


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="From a spreadsheet or another mailing service, with the addresses in a column "
        "named “email”. A column “confirmed” may say when each person agreed (2026-11-25), a "
        "column “consent” how. Nobody is imported yet.",
        allow_empty_file=True,  # the reader of files says what is wrong with any file
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={"required": "Choose a file."},
    )
    list = forms.ModelChoiceField(
        MailingList.objects.all(), label="List", empty_label=None, widget=forms.RadioSelect
    )
    wording = forms.CharField(
        label="How and when did these people agree?",
        help_text="Kept with each of them as the record of their consent: what they were asked, "
        "where, and when. A column “consent” in the file counts more.",
        min_length=20,
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "Say how they agreed. Without that, nobody may be written to.",
            "min_length": "Say it in a sentence: what they were asked, where, and when.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["list"].initial = MailingList.objects.first()

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > importing.LARGEST:
            megabytes = importing.LARGEST // 1024 // 1024
            raise forms.ValidationError(f"It is larger than {megabytes} MB.")
        return file


def demand(request: HttpRequest) -> None:
    if not policy.may(request.user, "add", Subscriber):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form, and the file that was sent with it looked through."""
    demand(request)
    sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if sent else ImportForm()
    if sent and form.is_valid():
        chosen = form.cleaned_data
        try:
            received = importing.receive(
                chosen["file"],
                name=chosen["file"].name or "file.csv",
                to=chosen["list"],
                wording=chosen["wording"],
                by=cast(User, request.user),
            )
        except importing.UnreadableFile as fault:
            form.add_error("file", str(fault))
        else:
            return HttpResponseRedirect(reverse(PAGE, args=[received.pk]))
    context = {
        "title": "Import subscribers",
        "form": form,
        "files": AddressFile.objects.filter(checked_at__isnull=False).select_related("list")[:10],
        "has_lists": MailingList.objects.exists(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return answer(request, "import.html", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, file: int) -> HttpResponse:
    """What a file holds; each POST takes some of its people in.

    The page's script sends one after another; without script there is a button for each. Cut off,
    or sent twice at a time, it goes on where it stands.
    """
    demand(request)
    received = get_object_or_404(
        AddressFile.objects.select_related("list"), pk=file, checked_at__isnull=False
    )
    if request.method == "POST":
        by = cast(User, request.user)
        is_first = received.started_at is None
        importing.take_some(received.pk, by.get_username())
        if is_first:
            words = f"Import of “{received}” to {received.list}."
            LogEntry.objects.log_actions(by.pk, [Subscriber(email=str(received))], ADDITION, words)
        return HttpResponseRedirect(reverse(PAGE, args=[file]))
    return answer(request, "import_file.html", {**progress_of(received), "title": str(received)})


def progress_of(received: AddressFile) -> dict[str, Any]:
    counts = received.counts()
    taken = received.lines.filter(taken_at__isnull=False).count()
    wanted = sum(counts[verdict] for verdict in AddressLine.TAKEN)
    others = received.lines.exclude(verdict__in=[AddressLine.Verdict.NEW])
    return {
        "file": received,
        "results": [
            (AddressLine.Verdict(verdict).label, number, verdict in AddressLine.TAKEN)
            for verdict, number in counts.items()
            if number
        ],
        "total": sum(counts.values()),
        "wanted": wanted,
        "taken": taken,
        "others": others.order_by("number")[:SHOWN],
        "other_count": sum(counts.values()) - counts[AddressLine.Verdict.NEW],
    }


@require_safe
def report(request: HttpRequest, file: int) -> StreamingHttpResponse:
    """What became of each line, as a file."""
    demand(request)
    received = get_object_or_404(AddressFile, pk=file, checked_at__isnull=False)
    return download(spreadsheets.lines(rows_of_report(received)), f"import-{received.pk}.csv")


def download(lines: Any, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), "opts": Subscriber._meta, **context}
    return render(request, f"admin/newsletter/subscriber/{template}", context, status=status)
