from django.db import models
from django.db.models.functions import Lower


class SubscriberManager(models.Manager["Subscriber"]):
    def sign_up(self, email: str) -> "Subscriber":
        """Keep an address, once, whatever its case; what is known already stays as it is."""
        subscriber = self.filter(email__iexact=email).first()
        if subscriber is None:
            subscriber, _ = self.get_or_create(email=email.lower())
        return subscriber


class Subscriber(models.Model):
    """Someone who left an address in the newsletter form."""

    class State(models.TextChoices):
        PENDING = "pending"
        CONFIRMED = "confirmed"
        GONE = "gone"

    email = models.EmailField(max_length=254)
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SubscriberManager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_once_per_address"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "confirmed", "gone"]),
                name="subscriber_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email
