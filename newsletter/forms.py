from django import forms

from .addresses import NotAnAddress, cleaned


class SignUpForm(forms.Form):
    """What a reader typed; `website` is bait for robots and stays empty under human hands."""

    email = forms.CharField(
        max_length=254,
        error_messages={
            "required": "Please type your e-mail address.",
            "max_length": "This is too long for an e-mail address. Please check it.",
        },
    )
    website = forms.CharField(required=False)

    def clean_email(self) -> str:
        try:
            return cleaned(self.cleaned_data["email"])
        except NotAnAddress:
            raise forms.ValidationError(
                "This does not look like an e-mail address. Please check it."
            ) from None

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("website"))
