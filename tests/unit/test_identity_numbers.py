"""Identity numbers are found however they are written, other numbers are left alone, and masking leaves none."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from store.identity_numbers import Found, Kind, find, mask, mask_json

# Made-up numbers with right check digits; the registers' own examples where they publish them.
NUMBERS: list[tuple[str, Kind]] = [
    ("131052-308T", "hetu"),
    ("131052a308t", "hetu"),
    ("010190-903T", "hetu"),
    *((f"131052{sign}308T", "hetu") for sign in "+-YXWVUABCDEF"),
    ("131052 - 308T", "hetu"),
    ("131052--308T", "hetu"),
    ("13.10.52-308T", "hetu"),
    ("13 10 52-308T", "hetu"),
    ("131052-\n308T", "hetu"),
    ("131052308T", "hetu"),
    ("131052 308T", "hetu"),
    ("131052–308T", "hetu"),
    ("131052‑308T", "hetu"),
    ("131052−308T", "hetu"),
    ("131052\u00a0-\u202f308T", "hetu"),
    ("１３１０５２－３０８Ｔ", "hetu"),
    ("١٣١٠٥٢-٣٠٨T", "hetu"),
    ("13\u200b10\u00ad52-3\u206008T", "hetu"),
    ("1\ufe0f\u20e331052-308T", "hetu"),
    ("131052-308Т", "hetu"),
    ("290200A235W", "hetu"),
    ("880320-0016", "personnummer"),
    ("880320+0016", "personnummer"),
    ("8803200016", "personnummer"),
    ("880320 0016", "personnummer"),
    ("880320\u00a00016", "personnummer"),
    ("880320 – 0016", "personnummer"),
    ("88 03 20-0016", "personnummer"),
    ("88 03 20 0016", "personnummer"),
    ("19880320-0016", "personnummer"),
    ("198803200016", "personnummer"),
    ("20010203-2018", "personnummer"),
    ("1988-03-20-0016", "personnummer"),
    ("1988 03 20 0016", "personnummer"),
    ("SE880320001601", "personnummer"),
    ("8803\u200b2000\u200b16", "personnummer"),
    ("701063-2391", "samordningsnummer"),
    ("19701063-2391", "samordningsnummer"),
    ("7010632391", "samordningsnummer"),
    ("15108695088", "fodselsnummer"),
    ("151086 95088", "fodselsnummer"),
    ("151086-95088", "fodselsnummer"),
    ("211062-5629", "cpr"),
]

OTHERS = [
    ("131052-308U", "a wrong check digit"),
    ("310252-308Y", "a day that no month has"),
    ("131052G308T", "a sign that stands for no century"),
    ("131052-308", "too short"),
    ("880320-0018", "a wrong check digit"),
    ("556036-0793", "an organisation's number"),
    ("5560360793", "an organisation's number"),
    ("212000-1355", "a municipality's number"),
    ("165560360793", "an organisation's number with its century"),
    ("SE556036079301", "a company's VAT number"),
    ("198802300019", "a day that no month has"),
    ("299003010017", "a century to come"),
    ("1572860-0", "a Y-tunnus"),
    ("0737546-2", "a Y-tunnus"),
    ("FI21 1234 5600 0007 85", "an IBAN"),
    ("SE45 5000 0000 0583 9825 7466", "an IBAN"),
    ("4111 1111 1111 1111", "a card"),
    ("18803200016", "a longer number"),
    ("88032000161", "a longer number"),
    ("131052-30801", "a longer number"),
    ("12 88 03 20 0016", "a longer number in groups"),
    ("+46 880320 0016", "a telephone number"),
    ("+8803200016", "a telephone number"),
    ("puh. 0401010008", "a telephone number"),
    ("Tel: 0401010008", "a telephone number"),
    ("ISBN 8803200016", "an ISBN"),
    ("2019-01-01 – 2020-12-31", "two dates"),
    ("2015-03-08 - 2017", "a date and a year"),
    ("200801-2019", "a month and a year"),
    ("2110625629", "a Danish number without its hyphen: too like a telephone number"),
    ("211062-5628", "a wrong check digit"),
    ("15108695077", "a wrong check digit"),
    ("040 123 4567", "a telephone number"),
]


@pytest.mark.promise("A6")
@pytest.mark.parametrize(("number", "kind"), NUMBERS)
def test_a_number_is_found_however_it_is_written(number: str, kind: Kind) -> None:
    for before, after in [("", ""), ("Hetu: ", "."), ("Matti (", "), Turku 2019"), ("x\u200b", "\n"), ("pnr", " ok")]:
        text = f"{before}{number}{after}"
        assert find(text) == [Found(len(before), len(before) + len(number), kind)]
        assert mask(text) == f"{before}{'•' * len(number)}{after}"


def test_a_danish_number_without_its_hyphen_is_found_where_it_is_called_one() -> None:
    assert mask("CPR-nr.: 2110625629.") == "CPR-nr.: ••••••••••."


@pytest.mark.promise("A6")
@pytest.mark.parametrize(("text", "_why"), OTHERS)
def test_another_number_is_left_alone(text: str, _why: str) -> None:
    assert mask(f"Se {text}, ja muuta") == f"Se {text}, ja muuta"
    assert find(text) == []


def test_every_organisation_number_is_told_from_a_person() -> None:
    """Its third digit is 2 or more, and so its "month" 20 or more: no date."""
    numbers = (f"{55 * 10 + third}636{last:04d}" for third in range(2, 10) for last in range(10_000))
    assert find(", ".join(numbers)) == []


def test_the_members_of_a_json_value_are_masked_and_their_names_are_not() -> None:
    value = {"131052-308T": ["880320-0016", {"a": "x 131052-308T", "b": None, "c": 8803200016, "d": True}], "e": "f"}
    before = repr(value)
    assert mask_json(value) == {
        "131052-308T": ["•" * 11, {"a": "x " + "•" * 11, "b": None, "c": 8803200016, "d": True}],
        "e": "f",
    }
    assert repr(value) == before, "the value itself is not changed"


_PIECES = st.sampled_from(
    [
        *(number for number, _ in NUMBERS),
        *(text for text, _ in OTHERS),
        *" -–+.•/01289ATtSEse\n\u200b１",
        "puh ",
        "ISBN ",
        "CPR ",
    ]
)


@pytest.mark.promise("A6")
@given(st.lists(_PIECES, max_size=14).map("".join))
@example("131052-308TCPR 2110625629")
@example("131052-308Puh 0401010008")
@example("880320-0016 88 03 20 0016")
@example("880320-0016880320-0016")
def test_masking_leaves_no_number_and_nothing_else_changes(text: str) -> None:
    masked = mask(text)
    assert find(masked) == []
    assert mask(masked) == masked
    assert len(masked) == len(text)
    found = find(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    inside = {at for one in found for at in range(one.start, one.end)}
    assert all(new == ("•" if at in inside else old) for at, (old, new) in enumerate(zip(text, masked, strict=True)))


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert len(mask(text)) == len(text)


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.lists(_PIECES, max_size=4).map("".join),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for member in value.values() for text in _strings(member)]
    if isinstance(value, list):
        return [text for member in value for text in _strings(member)]
    return [value] if isinstance(value, str) else []


@given(_JSON)
def test_no_string_of_a_json_value_holds_a_number_after_masking(value: Any) -> None:
    assert _strings(mask_json(value)) == [mask(text) for text in _strings(value)]


@pytest.mark.parametrize("piece", ["1", "1 ", "131052-", "1\u200b", "CPR "])
def test_five_megabytes_are_read_in_a_moment(piece: str) -> None:
    text = piece * (5_000_000 // len(piece))
    started = time.process_time()
    assert mask(text) == text
    assert time.process_time() - started < 10, "about 1 s on a quiet machine"
