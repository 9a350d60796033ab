from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
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


@pytest.fixture
def second(db) -> Client:
    """Another editor, in a browser of their own."""
    user = User.objects.create_user("bea", first_name="Bea", last_name="Bauer", is_staff=True)
    user.groups.add(Group.objects.get(name="Editor"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def nothing_is_left_lying_about(tmp_path: Path, settings) -> Iterator[None]:
    """Whatever happens, the copy for the worker and its encodings are gone afterwards."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "worker"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    yield
    assert list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []
