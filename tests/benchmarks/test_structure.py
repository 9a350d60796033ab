"""The code stays as its readers were promised."""

import pytest

from tests import structure
from tests.benchmarks.structure import fill

pytestmark = pytest.mark.benchmark


def test_the_shape_of_the_code_is_within_its_limits(table):
    assert len(structure.modules()) > 150
    assert fill(table) == []
