"""Uploads on a disk that takes no more: refused in plain words, and nothing of them is kept."""

import os
from pathlib import Path

import pytest

from articles.models import Image
from tests.faults.disk import DIALOG, FORM, FULL, READ_ONLY, REASONS, WITHOUT_INODES, mounted
from tests.newsroom import person, typed, upload

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk"),
]

FIELDS = {"alt": "A teal surface", "credit": "N. Body"}


@pytest.fixture
def editor(client):
    client.force_login(person("Editor"))
    client.raise_request_exception = False
    return client


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("options", [FULL.replace("256k", "12k"), WITHOUT_INODES, READ_ONLY])
def test_no_row_and_no_half_of_a_file_stays_of_a_refused_upload(editor, settings, options):
    """In the dialog, in the form and in the library alike."""
    media = Path(settings.MEDIA_ROOT)
    media.mkdir(parents=True)
    form = typed(editor.get(FORM), **FIELDS)
    with mounted(media, options):
        said = [
            editor.post(DIALOG, {**FIELDS, "file": upload()}),
            editor.post(FORM, {**form, "file": upload((910, 600))}),
            editor.post(
                "/admin/articles/image/files/",
                {"files": upload((920, 600))},
                headers={"accept": "application/json"},
            ),
        ]
        assert files_in(media) == []
    assert [answer.status_code for answer in said] == [422, 507, 200]
    reason = REASONS.get(options, REASONS[FULL])
    assert reason in said[0].json()["errors"]["file"][0]
    assert "disk takes no more" in said[1].content.decode()
    assert reason in said[2].json()["files"][0]["error"]
    assert not Image.objects.exists()
