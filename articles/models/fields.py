"""Column types with a promise of their own."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from articles import prose


class ProseField(models.TextField):
    """Text that is safe HTML in the database, whatever way it came in.

    It is sanitized when the value is handed to the database, so that a form, `bulk_create`, an
    `update()`, a fixture and the shell all pass through the same door.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Sanitize the attribute too: the object in hand equals the row."""
        html = prose.sanitize(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, html)
        return html

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, str):
            value = prose.sanitize(value)
        return super().get_db_prep_save(value, connection)


class AddressField(models.URLField):
    """A web address; one typed without a scheme is taken to be https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def validate_links(links: Any) -> None:
    """Raise ValidationError unless `links` is a list of [label, https address] pairs."""
    if not isinstance(links, list):
        raise ValidationError("Links are a list.")
    for link in links:
        if not (
            isinstance(link, list) and len(link) == 2 and all(isinstance(x, str) for x in link)
        ):
            raise ValidationError("Each link is a label and an address.")
        label, address = link
        parts = urlsplit(address)
        if not label.strip() or parts.scheme not in ("https", "http") or not parts.netloc:
            raise ValidationError(
                "“%(label)s” needs a label and a full address that begins with https://.",
                params={"label": label or address},
            )


class LinksField(models.JSONField):
    """Links in their order, as a list of [label, address] pairs: few, and never queried."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.default_validators = [*self.default_validators, validate_links]
