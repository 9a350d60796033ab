"""Subscribers from a file, which the worker looks through and takes in; and as a file."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib.admin.models import ADDITION
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles import policy
from articles.admin.views import NewsroomRequest, check_permission, log_action, render_page
from newsletter import importing, spreadsheets
from newsletter.exporting import table
from newsletter.importing.storing import report as rows_of_report
from newsletter.models import AddressFile, AddressLine, MailingList, Relay, Subscriber
from newsletter.models.subscribers import SubscriberQuerySet

PAGE = "admin:newsletter_subscriber_import_file"
# Lines that are shown on the page; the report has all of them.
SHOWN = 100


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="From a spreadsheet or another mailing service, with the addresses in a column "
        "named “email”. A column “confirmed” may say when each person agreed (2026-11-25), a "
        "column “consent” how. Who left or is blocked, by a column such as “status”, “subscribed” "
        "or “unsubscribed at”, is not imported. Nobody is imported yet.",
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


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: NewsroomRequest) -> HttpResponse:
    check_permission(policy.may(request.user, "add", Subscriber))
    sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if sent else ImportForm()
    if sent and form.is_valid():
        chosen = form.cleaned_data
        try:
            received = importing.enqueue(
                chosen["file"],
                name=chosen["file"].name or "file.csv",
                to=chosen["list"],
                wording=chosen["wording"],
                by=request.user,
            )
        except importing.UnreadableFile as fault:
            form.add_error("file", str(fault))
        else:
            return HttpResponseRedirect(reverse(PAGE, args=[received.pk]))
    context = {
        "title": "Import subscribers",
        "form": form,
        "files": uploads()[:10],
        "has_lists": MailingList.objects.exists(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_page(request, Subscriber, "import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: NewsroomRequest, file: int) -> HttpResponse:
    """Show how far the worker is with a file, and what it holds; a POST has its people imported."""
    check_permission(policy.may(request.user, "add", Subscriber))
    received = get_object_or_404(uploads(), pk=file)
    if request.method == "POST":
        by = request.user
        if received.start(by.get_username()):
            words = f"Import of “{received}” to {received.list}."
            log_action(by, words, Subscriber(email=str(received)), flag=ADDITION)
        return HttpResponseRedirect(reverse(PAGE, args=[file]))
    context = {
        **progress_of(received),
        "title": str(received),
        "has_worker": Relay.objects.current().has_worker,
    }
    return render_page(request, Subscriber, "import_file.html", context)


def uploads() -> QuerySet[AddressFile]:
    """Select the files but those that a command has at hand."""
    read = Q(checked_at__isnull=False) | Q(size__gt=0)
    return AddressFile.objects.filter(read).select_related("list")


def progress_of(received: AddressFile) -> dict[str, Any]:
    counts = received.counts()
    taken = received.lines.filter(taken_at__isnull=False)
    people = sum(counts[outcome] for outcome in AddressLine.TAKEN)
    gone = counts[AddressLine.Outcome.GONE]
    others = received.lines.exclude(outcome__in=[AddressLine.Outcome.NEW])
    return {
        "file": received,
        "results": [
            (AddressLine.Outcome(outcome).label, number, outcome in AddressLine.TAKEN)
            for outcome, number in counts.items()
            if number
        ],
        "total": sum(counts.values()),
        "people": people,
        "gone": gone,
        "wanted": people + gone,
        "taken": taken.count(),
        "imported": taken.filter(outcome__in=AddressLine.TAKEN).count(),
        "others": others.order_by("number")[:SHOWN],
        "other_count": sum(counts.values()) - counts[AddressLine.Outcome.NEW],
    }


@require_safe
def report(request: NewsroomRequest, file: int) -> StreamingHttpResponse:
    check_permission(policy.may(request.user, "add", Subscriber))
    received = get_object_or_404(AddressFile, pk=file, checked_at__isnull=False)
    return download(spreadsheets.lines(rows_of_report(received)), f"import-{received.pk}.csv")


def download(lines: Any, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# Export


class ExportForm(forms.Form):
    """Filters of the export; without a choice, everybody."""

    state = forms.ChoiceField(
        required=False, choices=[("", "Any"), *Subscriber.Status.choices], label="State"
    )
    list = forms.ModelChoiceField(
        MailingList.objects.all(),
        required=False,
        empty_label="Any",
        label="List",
        to_field_name="slug",
    )

    def subscribers(self) -> SubscriberQuerySet:
        people = Subscriber.objects.all()
        if state := self.cleaned_data["state"]:
            people = people.having(Subscriber.Status(state))
        if one := self.cleaned_data["list"]:
            people = people.on_list(one.slug)
        return people


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: NewsroomRequest) -> HttpResponse | StreamingHttpResponse:
    check_permission(policy.may(request.user, "view", Subscriber))
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        log_action(request.user, "Exported as CSV.", Subscriber(email="Subscribers"))
        name = f"subscribers-{timezone.localdate():%Y-%m-%d}.csv"
        return download(spreadsheets.lines(table(form.subscribers())), name)
    return render_page(
        request, Subscriber, "export.html", {"title": "Export subscribers", "form": form}
    )
