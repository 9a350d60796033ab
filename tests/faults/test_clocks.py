"""What is due appears once and stays, whatever clocks do; the drill, a few seconds a fault."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Site, empty_site
from tests.faults.clocks import apart, asleep, put_back
from tests.magazine.kept_pages import ROWS


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = empty_site(tmp_path / "var", "magazine_clocks_of_tests")
    site.run(ROWS)
    yield site
    site.close()


@pytest.mark.parametrize(
    "injected",
    [partial(apart, seconds=5), partial(put_back, seconds=3), partial(asleep, seconds=5)],
    ids=["apart", "put back", "asleep"],
)
def test_what_is_due_appears_once_and_stays(site, injected):
    assert [row for row in injected(site) if not row.held] == []
