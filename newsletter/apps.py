from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsletter"
    default_auto_field = "django.db.models.BigAutoField"
    private_models = (
        *("AddressFile", "AddressFilePiece", "AddressLine", "Consent", "Delivery", "MailEvent"),
        *("Relay", "SignUp", "Subscriber", "Subscription", "Suppression", "TransactionalMail"),
    )

    def ready(self) -> None:
        from . import checks, policy  # noqa: F401
