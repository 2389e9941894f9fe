"""Searches find as well as they did: no figure of the judged sets is below its floor."""

from __future__ import annotations

import pytest

from stack.evaluation import floors, run
from tests.conftest import Services


@pytest.mark.promise("L2", "L3")
@pytest.mark.timeout(600)
def test_no_figure_is_below_its_floor(clean: Services) -> None:
    results = run.product().of("vahti")
    fallen = floors.below(results, floors.read())
    assert not fallen, "\n".join(fallen)
