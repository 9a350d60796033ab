import pytest

from newsletter.sending import deliveries
from tests.newsletter.sink import Sink


@pytest.fixture
def in_one_transaction(monkeypatch):
    """As these tests run; how a connection syncs cannot be changed in it, and a test of the
    worker's own process sees that it is."""
    monkeypatch.setattr(deliveries, "make_durable", lambda: None)


@pytest.fixture
def sink(tmp_path, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 20
    settings.NEWSLETTER_SENDING = True
    settings.NEWSLETTER_FROM = "news@magazine.example"
    with Sink(tmp_path / "sink", keep=True) as sink:
        settings.EMAIL_PORT = sink.port
        yield sink
