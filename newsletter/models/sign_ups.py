from django.db import models
from django.utils import timezone

from articles.models.fields import is_known
from newsletter.addresses import digest_of, domain_of, mailbox_of

from .letterhead import Letterhead
from .subscribers import Subscriber


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def waiting(self) -> "SignUpQuerySet":
        return self.filter(outcome=SignUp.Outcome.WAITING).order_by("pk")

    def mailed(self) -> "SignUpQuerySet":
        return self.filter(outcome__in=SignUp.MAILED)

    def receive(
        self,
        email: str,
        *,
        network: str,
        page: str = "",
        wording: str = "",
        mover: Subscriber | None = None,
    ) -> "SignUp":
        """Store what came in by a form. Raises NotAnAddress."""
        secret = Letterhead.objects.current().secret
        return self.create(
            email=email,
            mover=mover,
            digest=digest_of(email, secret),
            mailbox=digest_of(mailbox_of(email), secret),
            domain=domain_of(email),
            network=network,
            page=page[:500],
            wording=wording,
        )


class SignUp(models.Model):
    """An address as it came in by the form, before anybody has looked at it.

    The form's view stores one such row, whoever asks, and answers, so that its time tells nobody
    who is on the list. The worker decides what becomes of it, and the limits count the rows of the
    last day.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        MAILED = "mailed", "a confirmation was asked for"
        KNOWN = "known", "is a subscriber already"
        SUPPRESSED = "suppressed"
        LIMITED = "limited", "refused by a limit"

    # Those that made us write to the address, which is what most limits count.
    MAILED = (Outcome.MAILED, Outcome.KNOWN)

    email = models.CharField(max_length=254)
    digest = models.CharField(max_length=64)
    # The digest of the plainest spelling that reaches the same mailbox: for the limits alone.
    mailbox = models.CharField(max_length=64)
    # The registered one, whatever hosts stand below it: for the limits alone.
    domain = models.CharField(max_length=255)
    network = models.CharField(max_length=43)
    page = models.CharField(max_length=500, blank=True)
    wording = models.TextField(blank=True)
    # Whose new address this is to be; empty where somebody signs up.
    mover = models.ForeignKey(Subscriber, models.CASCADE, null=True, related_name="moves")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    made_at = models.DateTimeField(default=timezone.now)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(outcome="waiting"), name="sign_up_waiting"
            ),
            models.Index(fields=["digest", "made_at"], name="sign_up_by_address"),
            models.Index(fields=["mailbox", "made_at"], name="sign_up_by_mailbox"),
            models.Index(fields=["network", "made_at"], name="sign_up_by_network"),
            models.Index(fields=["domain", "made_at"], name="sign_up_by_domain"),
            models.Index(fields=["made_at"], name="sign_up_by_time"),
        ]
        constraints = [
            is_known("outcome", "waiting mailed known suppressed limited", of="sign_up"),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_outcome_display()}"
