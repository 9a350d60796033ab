"""Model fields: safe HTML, languages, web URLs, lists of links; and the constraint of a choice."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from articles import prose
from articles.languages import LONGEST, validate_language

NOT_A_URL = "“%(url)s” is no full address that begins with https://, http:// or mailto:."


def validate_length(html: str) -> None:
    if sentence := prose.excess(html):
        raise ValidationError(sentence, code="too_long")


class ProseField(models.TextField):
    """Text that is safe HTML in the database, whatever way it came in.

    The value is sanitized on its way to the database, so that it does not matter whether it came
    from a form, `bulk_create`, an `update()`, a fixture or the shell.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default_validators = [*self.default_validators, validate_length]

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        html = prose.sanitize(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, html)
        return html

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, str):
            value = prose.sanitize(value)
        return super().get_db_prep_save(value, connection)


def validate_url(url: str) -> None:
    """Raise ValidationError unless `url` is a full address that begins with https://, http:// or
    mailto:. Paths of our own are for links in prose alone, see `prose.stored_url`."""
    is_relative = url.startswith(("/", "#"))
    if is_relative or prose.stored_url(url) != url:
        raise ValidationError(NOT_A_URL, params={"url": url})
    try:
        if url[:7].lower() == "mailto:":
            validate_email(url[7:].partition("?")[0])
        else:
            URLValidator(schemes=["https", "http"])(url)
    except ValidationError:
        raise ValidationError(NOT_A_URL, params={"url": url}) from None


def validate_web_url(url: str) -> None:
    validate_url(url)
    if url[:7].lower() == "mailto:":
        raise ValidationError("This must lead to a website, and begin with https:// or http://.")


class LanguageField(models.CharField):
    """The language of a text or a name, as a tag of BCP 47."""

    default_validators = [validate_language]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": LONGEST, **kwargs})


class WebURLField(models.URLField):
    """A web address; one typed without a scheme is taken to be https."""

    default_validators = [validate_web_url]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def validate_links(links: Any) -> None:
    """Raise ValidationError unless `links` is a list of [label, address] pairs."""
    if not isinstance(links, list):
        raise ValidationError("Links are a list.")
    for link in links:
        if not (
            isinstance(link, list) and len(link) == 2 and all(isinstance(x, str) for x in link)
        ):
            raise ValidationError("Each link is a label and an address.")
        label, url = link
        if not label.strip():
            raise ValidationError("“%(url)s” needs a label before it.", params={"url": url})
        validate_url(url)


class LinksField(models.JSONField):
    """Links in their order, as a list of [label, address] pairs: few, and never queried."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.default_validators = [*self.default_validators, validate_links]


def is_known(column: str, values: str, *, of: str) -> models.CheckConstraint:
    """Return the constraint that this column holds one of these words. They are written out since
    a model's Meta cannot read the choices that stand beside it."""
    condition = models.Q(**{f"{column}__in": values.split()})
    return models.CheckConstraint(condition=condition, name=f"{of}_{column}_is_known")
