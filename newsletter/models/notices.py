from django.db import models
from django.db.models import Q

from .deliveries import Delivery


class Notice(models.Model):
    """What a mail server or a provider told us of a mail: stored first, understood afterwards.

    The same notice comes again when our answer got lost; `source` and `event` tell it.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "the address does not work"
        SOFT = "soft", "could not be delivered for now"
        COMPLAINT = "complaint", "reported as spam"
        OTHER = "other"

    source = models.CharField(max_length=40)
    event = models.CharField(max_length=200)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.OTHER)
    address = models.CharField(max_length=254, blank=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="notices")
    raw = models.TextField(blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "event"], name="notice_once_per_event"),
            models.CheckConstraint(
                condition=Q(kind__in=["hard", "soft", "complaint", "other"]),
                name="notice_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(applied_at__isnull=True), name="notice_to_apply"
            ),
            models.Index(fields=["address", "happened_at"], name="notice_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_kind_display()}"
