import pytest
from django.test import Client

from tests.newsroom import person


@pytest.fixture
def editor(client: Client, db: None) -> Client:
    client.force_login(person("Editor"))
    return client


@pytest.fixture
def chief(client: Client, db: None) -> Client:
    client.force_login(person("Chief"))
    return client


@pytest.fixture
def writer(client: Client, db: None) -> Client:
    client.force_login(person("Writer"))
    return client
