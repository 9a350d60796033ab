from typing import Any

from django import forms

from articles.keys import RowsField

from .addresses import NotAnAddress, ascii_of, cleaned, key_of
from .models import MailingList, Subscriber


class AddressForm(forms.Form):
    """A typed e-mail address."""

    email = forms.CharField(
        max_length=254,
        error_messages={
            "required": "Please type your e-mail address.",
            "max_length": "This is too long for an e-mail address. Please check it.",
        },
    )

    def clean_email(self) -> str:
        try:
            email = cleaned(self.cleaned_data["email"])
        except NotAnAddress:
            raise forms.ValidationError(
                "This does not look like an e-mail address. Please check it."
            ) from None
        if ascii_of(email) is None:
            raise forms.ValidationError(
                "Most mail servers cannot write to an e-mail address with such letters before the "
                "@, nor can ours. Please use another one."
            )
        return email


class SignUpForm(AddressForm):
    """The sign-up form; `website` is bait for robots and stays empty under human hands."""

    website = forms.CharField(required=False)

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("website"))


class NewAddressForm(AddressForm):
    """The address that a subscriber wants mail at from now on."""

    def __init__(self, subscriber: Subscriber, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscriber = subscriber

    def clean_email(self) -> str:
        email = super().clean_email()
        if key_of(email) == key_of(self.subscriber.email):
            raise forms.ValidationError("Your mail goes to this address already.")
        return email


class ListsForm(forms.Form):
    """A choice among the lists on offer."""

    def __init__(self, subscriber: Subscriber, *args: Any, required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = subscriber.list_choices()
        self.choice = list(choice)
        self.fields["lists"] = RowsField(
            choice,
            required=required and len(self.choice) > 1,
            error_messages={"required": "Please choose at least one."},
        )
        on = [one.list_id for one in subscriber.subscriptions.wanted()]
        # Where something must be chosen, what the form on every page spoke of is; elsewhere who has
        # left would be back on it by saving without a look.
        meant = MailingList.objects.for_sign_up().values_list("pk", flat=True)
        self.initial["lists"] = on or (list(meant) if required else [])

    @property
    def boxes(self) -> list[tuple[MailingList, bool]]:
        ticked = {str(value) for value in self["lists"].value() or []}
        return [(one, str(one.pk) in ticked) for one in self.choice]

    @property
    def wanted(self) -> list[MailingList]:
        """Return the chosen lists; a single list need not be chosen."""
        return list(self.cleaned_data["lists"]) if len(self.choice) > 1 else self.choice
