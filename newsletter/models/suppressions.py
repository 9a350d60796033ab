from django.db import models
from django.utils import timezone


class SuppressionManager(models.Manager["Suppression"]):
    def suppress(self, digest: str, reason: "Suppression.Reason") -> "Suppression":
        """Send nothing more to the address with this digest. What is suppressed for a reason that
        weighs more keeps that reason."""
        row, is_new = self.get_or_create(digest=digest, defaults={"reason": reason})
        if not is_new and WEIGHT[reason] > WEIGHT[row.reason]:
            row.reason = reason
            row.save(update_fields=["reason"])
        return row

    def lift(self, digest: str) -> None:
        """Whoever reads mail at this address has asked for ours again."""
        self.filter(digest=digest).exclude(reason=Suppression.Reason.REFUSED).delete()


class Suppression(models.Model):
    """An address that gets nothing from us. Its digest is kept, not the address: the row outlives
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
            models.CheckConstraint(
                condition=models.Q(reason__in=["bounced", "complained", "erased", "refused"]),
                name="suppression_reason_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()

    @property
    def is_final(self) -> bool:
        """Not even a new sign-up is answered; only a person of the newsroom lifts it. The others
        are lifted by whoever asks again and confirms."""
        return self.reason == self.Reason.REFUSED


# A later reason takes the place of an earlier one only if it says more.
WEIGHT = {reason: weight for weight, reason in enumerate(Suppression.Reason.values)}
