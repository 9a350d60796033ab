from pathlib import Path

import pytest
from django.test import Client

from tests.importing import folder_of_pictures
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pictures, for a file to import."""
    return folder_of_pictures(tmp_path / "content", 3)
