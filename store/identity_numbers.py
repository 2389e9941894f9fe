"""National identity numbers in text: found by date and checksum however they are written, and masked."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any, Literal, NamedTuple

from stdnum import luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

from store import clock

Kind = Literal["hetu", "personnummer", "samordningsnummer", "fodselsnummer", "cpr"]


class Found(NamedTuple):
    """A number in a text: `text[start:end]`, and whose register it is from."""

    start: int
    end: int
    kind: Kind


MASK = "•"
_CYRILLIC = str.maketrans("АВСЕНКМРТУХ", "ABCEHKMPTYX")
# Nobody sees these: controls that are no blanks, and for the rest of Unicode format characters and combining marks.
_UNSEEN_ASCII = "".join(map(chr, (*range(9), *range(14, 28), 127)))
_UNSEEN = ("Cf", "Cc", "Mn", "Me")

# A masked digit is a digit to its neighbours: masking one number must not turn the digits beside it into another.
# Dates may be written apart ("85 01 01", "1985-01-01"), a wrapped line may break at the sign. Every repetition is
# bounded and no number starts within a run of digits: time is linear in the length.
_GAP = r"\s{0,3}"
_HETU = re.compile(
    rf"""(?<![\d{MASK}]) (\d\d)(?P<apart>[ .]?)(\d\d)(?P=apart)(\d\d)
         (?: {_GAP}(?:(?P<sign>[A-FU-Y+])|-{{1,2}}){_GAP} (\d{{3}}) (?:[A-Y]|\d(?![\d{MASK}]))
           | [ ]?(?P<unsigned>\d{{3}}[A-Y])(?![\w{MASK}]) )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SWEDISH = re.compile(
    rf"""(?<![\d{MASK}]) (?P<century>18|19|20)?(\d\d)(?P<apart>[ .-]?)(\d\d)(?P=apart)(\d\d)
         (?P<sign>{_GAP}[-+]{{1,2}}{_GAP}|[ \t]{{0,2}}) (?P<last>\d{{4}}) (?![\d{MASK}])""",
    re.VERBOSE | re.ASCII,
)
_SWEDISH_VAT = re.compile(rf"SE[ ]?(\d{{6}})-?(?P<last>\d{{4}})[ ]?01(?![\d{MASK}])", re.IGNORECASE | re.ASCII)
_NORWEGIAN = re.compile(
    rf"""(?<![\d{MASK}]) (\d\d)(?P<apart>[ .]?)(\d\d)(?P=apart)(\d\d)
         (?P<sign>{_GAP}-{_GAP}|[ \t]{{0,2}}) (\d{{5}}) (?![\d{MASK}])""",
    re.VERBOSE | re.ASCII,
)
# Without the hyphen nearly every Finnish mobile number has the form, and one in eleven the checksum.
_DANISH = re.compile(
    rf"(?:(?<![\d{MASK}])(\d{{6}}){_GAP}-{_GAP}|(?<![\w{MASK}])CPR[^\d\n{MASK}]{{0,12}}(?<![\d{MASK}])(\d{{6}})[ ]?)"
    rf"(\d{{4}})(?![\d{MASK}])",
    re.IGNORECASE | re.ASCII,
)

# What a number is when the words before it say so: an ISBN, or (national numbers start with 0) a telephone number.
_ISBN = re.compile(rf"(?<![\w{MASK}])isbn(?:-?10)?[ :.]{{0,4}}$", re.IGNORECASE)
_TELEPHONE = re.compile(
    rf"(?<![\w{MASK}])(?:puh(?:elin|elinnumero|nro)?|matkapuhelin|gsm|tel(?:efon|efonnummer|ephone|nr)?"
    rf"|mobil(?:e|nummer)?|mobiili|phone|whatsapp)[ :.()]{{0,4}}$",
    re.IGNORECASE,
)
_COUNTRY_CODE = re.compile(r"\+(?:45|46|47|358)[ (-]{1,2}(?:0\)?[ -]?)?$")
_AFTER_DIGIT = re.compile(rf"[\d{MASK}][ .,/-]$")
_BEFORE_DIGIT = re.compile(rf"[ .,/-][\d{MASK}]")
_MONTH = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])")
_YEAR = re.compile(r"19[4-9]\d|20[0-4]\d")
_LONGEST_WORD_BEFORE = 24
_FEWEST_DIGITS = 9  # a Finnish number has its date and three more; the others have ten and eleven


def find(text: str) -> list[Found]:
    """The identity numbers in a text, in order and apart: Finnish, Swedish (also those of coordination, and those
    within a sole trader's VAT number), Norwegian and Danish ones.

    Each has a date that exists and the check digits of its register (for Denmark those of before 2007). Blanks,
    look-alike dashes, digits of other scripts and characters that nobody sees do not hide one. Linear in the length.
    """
    # Most texts hold no number at all, and each CV is looked through again whenever it is shown or indexed.
    if len(text) < _FEWEST_DIGITS or sum(map(str.isnumeric, text)) < _FEWEST_DIGITS:
        return []
    plain, offsets = _as_seen(text)
    candidates = [*_finnish(plain), *_swedish(plain), *_norwegian(plain), *_danish(plain)]
    found: list[Found] = []
    for start, end, kind in sorted(candidates, key=lambda one: one.start):
        if not found or start >= found[-1].end:
            found.append(Found(start, end, kind))
    if offsets is None:
        return found
    return [Found(offsets[start], offsets[end - 1] + 1, kind) for start, end, kind in found]


def mask(text: str) -> str:
    """The text with a bullet for every character of an identity number; `find` then finds none, other text stays."""
    pieces: list[str] = []
    at = 0
    for start, end, _ in find(text):
        pieces += [text[at:start], MASK * (end - start)]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def mask_json(value: Any) -> Any:
    """A JSON value like this one with every string in it masked; the names of members are left alone."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: mask_json(member) for name, member in value.items()}
    if isinstance(value, list):
        return [mask_json(member) for member in value]
    return value


def _as_seen(text: str) -> tuple[str, list[int] | None]:
    """The text in ASCII digits, hyphens and blanks without what nobody sees; and, where that made it shorter, the
    place of each of its characters in the text."""
    table: dict[int, str | None] = {}
    for letter in set(text):
        seen = _seen_as(letter)
        if seen != letter:
            table[ord(letter)] = seen
    if not table:
        return text, None
    if None not in table.values():
        return text.translate(table), None
    return text.translate(table), [at for at, letter in enumerate(text) if table.get(ord(letter), "") is not None]


def _seen_as(letter: str) -> str | None:
    if letter.isascii():
        return None if letter in _UNSEEN_ASCII else letter
    category = unicodedata.category(letter)
    if category in _UNSEEN:
        return "\n" if letter == "\x85" else None
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if category == "Pd" or letter in "−⁃":
        return "-"
    if category.startswith("Z"):
        return " "
    folded = unicodedata.normalize("NFKC", letter).translate(_CYRILLIC)
    return folded if len(folded) == 1 and folded.isascii() else letter


def _finnish(plain: str) -> list[Found]:
    found = []
    for match in _HETU.finditer(plain):
        digits = "".join(filter(str.isdigit, match[0]))
        sign = match["sign"] or "-"
        individual, control = digits[6:9], match[0][-1]
        # The sign is what people leave out, and then the century is anybody's guess: 29 February 2000.
        signs = ("-", "A") if match["unsigned"] else (sign,)
        if _is_a_range(match["apart"], digits[:6], match[0][-4:]):
            continue
        if any(hetu.is_valid(f"{digits[:6]}{one}{individual}{control}", allow_temporary=True) for one in signs):
            found.append(Found(match.start(), match.end(), "hetu"))
    return found


def _swedish(plain: str) -> list[Found]:
    found = []
    for match in _SWEDISH.finditer(plain):
        birth = match[2] + match[4] + match[5]
        kind = _swedish_kind(match["century"] or "", birth, match["last"])
        if match["sign"] and _is_a_range(match["apart"], birth, match["last"]):
            continue
        if kind is not None and not _is_something_else(plain, match):
            found.append(Found(match.start(), match.end(), kind))
    for match in _SWEDISH_VAT.finditer(plain):
        kind = _swedish_kind("", match[1], match["last"])
        if kind is not None:
            found.append(Found(match.start(), match.end(), kind))
    return found


def _swedish_kind(century: str, birth: str, last: str) -> Kind | None:
    """An organisation's number has a month above 12 and so no date; a coordination number adds 60 to the day."""
    year, month, day = int(birth[:2]), int(birth[2:4]), int(birth[4:])
    kind: Kind = "samordningsnummer" if day > 60 else "personnummer"
    # Of the years that two digits can mean, 2000 and every fourth one has a 29 February.
    years = int(century) * 100 + year if century else 2000 + year
    try:
        born = date(years, month, day - 60 if day > 60 else day)
    except ValueError:
        return None
    if century and born > clock.now().date():
        return None
    return kind if luhn.is_valid(birth + last) else None


def _norwegian(plain: str) -> list[Found]:
    return [
        Found(match.start(), match.end(), "fodselsnummer")
        for match in _NORWEGIAN.finditer(plain)
        if fodselsnummer.is_valid("".join(filter(str.isdigit, match[0]))) and not _is_something_else(plain, match)
    ]


def _danish(plain: str) -> list[Found]:
    found = []
    for match in _DANISH.finditer(plain):
        digits = (match[1] or match[2]) + match[3]
        if cpr.is_valid(digits) and cpr.checksum(digits) == 0 and not _is_a_range("", digits[:6], match[3]):
            found.append(Found(match.start(1 if match[1] else 2), match.end(), "cpr"))
    return found


def _is_a_range(apart: str, birth: str, last: str) -> bool:
    """Whether it is a day or a month and a year: "2019-01-01 – 2020", "201901-2020"."""
    return bool((apart or _MONTH.fullmatch(birth)) and _YEAR.fullmatch(last))


def _is_something_else(plain: str, match: re.Match[str]) -> bool:
    """Whether it is rather a piece of a longer number, a telephone number or an ISBN."""
    apart, sign = match["apart"], match["sign"]
    before = plain[max(match.start() - _LONGEST_WORD_BEFORE, 0) : match.start()]
    if apart and (_AFTER_DIGIT.search(before) or _BEFORE_DIGIT.match(plain, match.end())):
        return True
    if sign.strip():
        return False
    if _COUNTRY_CODE.search(before):
        return True
    if apart or sign:
        return False
    if before.endswith("+") or _ISBN.search(before):
        return True
    return match[0].startswith("0") and _TELEPHONE.search(before) is not None
