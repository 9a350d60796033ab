"""What became of a mail; an issue that fails too often; an issue that is done."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from newsletter.addresses import digest_of
from newsletter.models import Delivery, Issue, Notice, Suppression

from .claiming import FREE, Claim, held_by, release
from .verdicts import Blame, Outcome, Verdict

State = Delivery.State

# After a refusal for now; then every six hours, until it has been tried for two days.
BACK_OFF = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
GIVEN_UP_AFTER = timedelta(hours=48)

# An issue pauses itself above so many failures among the last ones.
TOO_MANY_FAILURES = 0.05
LAST_ONES = 200
FEWEST_TO_JUDGE = 20


def record(claim: Claim, verdict: Verdict) -> None:
    """Say what became of a mail that was not sent, if its row is still in our hand. Those that
    were sent are said so together with what goes out next (`claiming.swap`)."""
    if verdict.outcome is Outcome.BACK:
        release([claim], State.SENDING)
    else:
        record_refusal(claim, verdict)


def record_refusal(claim: Claim, verdict: Verdict) -> None:
    now = timezone.now()
    first_tried_at = claim.first_tried_at or now
    columns = {
        "attempts": F("attempts") + 1,
        "first_tried_at": first_tried_at,
        "code": verdict.code,
        "error": verdict.words[:500],
        **FREE,
    }
    if verdict.outcome is Outcome.DEFERRED and now - first_tried_at < GIVEN_UP_AFTER:
        wait = BACK_OFF[min(claim.attempts, len(BACK_OFF) - 1)]
        columns |= {"state": State.DEFERRED, "due_at": now + wait}
    else:
        is_unclear = verdict.outcome is Outcome.UNKNOWN
        end = State.UNKNOWN if is_unclear else State.FAILED
        columns |= {"state": end, "finished_at": now}
    (rows,) = held_by([claim], State.SENDING)
    if rows.update(**columns):
        put_blame(claim, verdict)


def put_blame(claim: Claim, verdict: Verdict) -> None:
    """An address that does not work gets nothing more; what may be a passing fault is noted, and
    counts together with what comes back by mail."""
    if verdict.blame is Blame.ADDRESS:
        Suppression.objects.suppress(digest_of(claim.address), Suppression.Reason.BOUNCED)
    elif verdict.blame is Blame.DOUBT:
        Notice.objects.get_or_create(
            source="smtp",
            event=f"{claim.delivery}-{claim.attempts + 1}",
            defaults={
                "kind": Notice.Kind.SOFT,
                "address": claim.address,
                "delivery_id": claim.delivery,
                "raw": f"{verdict.code} {verdict.words}",
                "happened_at": timezone.now(),
            },
        )


def pause_if_failing(issue: Issue) -> bool:
    """Pause an issue of whose last mails too many failed, since a person last resumed it. What is
    in doubt is no failure, and what was no longer wanted is not counted."""
    ended = Delivery.objects.filter(
        issue=issue, state__in=[State.SENT, State.FAILED], finished_at__isnull=False
    )
    resumed_at = Issue.objects.values_list("resumed_at", flat=True).get(pk=issue.pk)
    if resumed_at:
        ended = ended.filter(finished_at__gt=resumed_at)
    last = list(ended.order_by("-finished_at").values_list("state", flat=True)[:LAST_ONES])
    failed = last.count(State.FAILED)
    if len(last) < FEWEST_TO_JUDGE or failed <= TOO_MANY_FAILURES * len(last):
        return False
    return issue.pause(
        f"{failed} of the last {len(last)} mails failed. See why before you resume it: their "
        "errors stand beside their addresses."
    )


def finish_issues() -> list[Issue]:
    """Those that are done now: prepared, and nobody waits any more."""
    unfinished = Delivery.objects.unfinished().filter(issue=OuterRef("pk"))
    done = Issue.objects.running().filter(~Exists(unfinished), prepared_at__isnull=False)
    now = timezone.now()
    return [
        issue
        for issue in done
        if done.filter(pk=issue.pk).update(state=Issue.State.SENT, finished_at=now, modified_at=now)
    ]
