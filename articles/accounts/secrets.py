"""The secrets of second factors, encrypted by a key that is not in the database: SECRET_KEY.

A copy of the database alone makes no codes. Where SECRET_KEY is changed, the former one stays in
SECRET_KEY_FALLBACKS for as long as there are secrets that were written with it.
"""

import base64
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)


def encrypt(text: str) -> str:
    return fernet().encrypt(text.encode()).decode()


def decrypt(encrypted: str) -> str:
    """Raise ValidationError, with a sentence for its owner, where none of the keys fits."""
    try:
        return fernet().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        logger.error("A second factor was set up under a SECRET_KEY that is not known any more")
        raise ValidationError(
            "The key of this server has changed since you set this up. Ask a chief to remove your "
            "second factor."
        ) from None


def fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    salted_hmac("second-factor", "", key, algorithm="sha256").digest()
                )
            )
            for key in keys
        ]
    )
