"""Business ids of Finland and Sweden are checked and written in one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import business_ids
from store.errors import Invalid


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0112038-9", "fi:01120389"),
        ("01120389", "fi:01120389"),
        ("FI01120389", "fi:01120389"),
        ("FI 0112038-9", "fi:01120389"),
        ("fi:01120389", "fi:01120389"),
        ("556036-0793", "se:5560360793"),
        ("5560360793", "se:5560360793"),
        ("SE556036079301", "se:5560360793"),
        (" 556036 0793 ", "se:5560360793"),
    ],
)
def test_what_people_write_is_kept_in_one_way(written: str, kept: str) -> None:
    assert business_ids.read(written) == kept
    assert business_ids.read(kept) == kept
    assert business_ids.read(written, kept[:2]) == kept


@pytest.mark.parametrize(
    "written",
    ["", "0112038-8", "556036-0794", "112038", "no:923609016", "fi:5560360793", "se:01120389", "Nokia", "٠١١٢٠٣٨٩"],
)
def test_what_is_none_says_what_is_right(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        business_ids.read(written, field="employer.business_id")
    [problem] = refused.value.problems
    assert problem.field == "employer.business_id"
    assert "0112038-9" in problem.right
    assert "556036-0793" in problem.right


def test_a_country_is_believed() -> None:
    with pytest.raises(Invalid):
        business_ids.read("0112038-9", "se")


@given(st.text(max_size=20))
def test_any_text_is_a_business_id_or_refused(text: str) -> None:
    try:
        kept = business_ids.read(text)
    except Invalid:
        return
    assert business_ids.read(kept) == kept
    assert kept.isascii()
