from django import forms


class SignUpForm(forms.Form):
    """What a reader typed; `website` is bait for robots and stays empty under human hands."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Please type your e-mail address.",
            "invalid": "This does not look like an e-mail address. Please check it.",
            "max_length": "This is too long for an e-mail address. Please check it.",
        },
    )
    website = forms.CharField(required=False)

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("website"))
