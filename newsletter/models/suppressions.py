from django.db import models
from django.utils import timezone

from articles.models.fields import is_known


class SuppressionManager(models.Manager["Suppression"]):
    def suppress(self, digest: str, reason: "Suppression.Reason") -> "Suppression":
        """Send nothing more to the address with this digest. A suppression for a reason that weighs
        more keeps that reason."""
        row, is_new = self.get_or_create(digest=digest, defaults={"reason": reason})
        if not is_new and WEIGHT[reason] > WEIGHT[row.reason]:
            row.reason = reason
            row.save(update_fields=["reason"])
        return row

    def lift(self, digest: str) -> None:
        """Lift the suppression of an address whose owner has asked for mail again, but for a
        refusal."""
        self.filter(digest=digest).exclude(reason=Suppression.Reason.REFUSED).delete()


class Suppression(models.Model):
    """An address that gets no mail from us. Its digest is kept, not the address: the row outlives
    the person whom it protects."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "the address does not work"
        COMPLAINED = "complained", "reported as spam"
        ERASED = "erased", "asked to be erased"
        REFUSED = "refused", "said “never write to me again”"

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=10, choices=Reason)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SuppressionManager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            is_known("reason", "bounced complained erased refused", of="suppression"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()

    @property
    def is_final(self) -> bool:
        """A final suppression ends only by a person in the newsroom; the others end when their
        owner signs up again and confirms."""
        return self.reason == self.Reason.REFUSED


# A later reason takes the place of an earlier one only if it says more.
WEIGHT = {reason: weight for weight, reason in enumerate(Suppression.Reason.values)}
