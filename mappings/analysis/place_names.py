"""How names of places are written in running text: every name of each place in its Finnish and Swedish inflections."""

from __future__ import annotations

import unicodedata
from functools import cache

from store import places
from store.places import Place

VOWELS = frozenset("aeiouyåäö")
BACK, FRONT = frozenset("aouå"), frozenset("äöy")

# What the last part of a Finnish name becomes: the stem of an open syllable ("mäkeen"), that of a closed one
# ("mäessä"), the partitive, which does not follow from them ("vettä"), and the vowel of its endings.
LAST_PARTS = {
    "joki": ("joke", "joe", "jokea", "a"),
    "järvi": ("järve", "järve", "järveä", "ä"),
    "kaupunki": ("kaupunki", "kaupungi", "kaupunkia", "a"),
    "koski": ("koske", "koske", "koskea", "a"),
    "lahti": ("lahte", "lahde", "lahtea", "a"),
    "lampi": ("lampe", "lamme", "lampea", "a"),
    "loppi": ("loppe", "lope", "loppea", "a"),
    "mäki": ("mäke", "mäe", "mäkeä", "ä"),
    "niemi": ("nieme", "nieme", "niemeä", "ä"),
    "nummi": ("numme", "numme", "nummea", "a"),
    "saari": ("saare", "saare", "saarta", "a"),
    "salmi": ("salme", "salme", "salmea", "a"),
    "suomi": ("suome", "suome", "suomea", "a"),
    "vesi": ("vete", "vede", "vettä", "ä"),
}
# Whole names that no rule inflects, in the same way.
STEMS = {
    "alavus": ("alavute", "alavude", "alavutta", "a"),
    "kangasala": ("kangasala", "kangasa", "kangasalaa", "a"),
    "kannus": ("kannukse", "kannukse", "kannusta", "a"),
    "muhos": ("muhokse", "muhokse", "muhosta", "a"),
    "nurmes": ("nurmekse", "nurmekse", "nurmesta", "a"),
    "pihtipudas": ("pihtiputaa", "pihtiputaa", "pihtipudasta", "a"),
    "punkalaidun": ("punkalaitume", "punkalaitume", "punkalaidunta", "a"),
    "rautalampi": ("rautalampi", "rautalammi", "rautalampia", "a"),
    "toholampi": ("toholampi", "toholammi", "toholampia", "a"),
    "varkaus": ("varkaute", "varkaude", "varkautta", "a"),
    "virrat": ("virtoi", "virroi", "virtoja", "a"),
}
# Forms beside those: what is inflected in two ways, by the end of the name.
ALSO = {
    "kangasala": ("kangasalan", "kangasalassa", "kangasalasta", "kangasalalla", "kangasalalta", "kangasalalle"),
    "virrat": ("virtain", "virtojen", "virtoihin"),
    "nen": ("sten", "sien"),
    "niemi": ("nientä",),
}
# Adjectives that are the first part of a name take its case: "Uudessakaupungissa", "Isossakyrössä".
FIRST_PARTS = {"iso": ("iso", "iso", "isoa", "a"), "uusi": ("uute", "uude", "uutta", "a")}
# Where a short vowel ends the name: the consonants before it, and what they are in a closed syllable.
GRADES = {
    "kk": "k",
    "pp": "p",
    "tt": "t",
    "nk": "ng",
    "nt": "nn",
    "mp": "mm",
    "lt": "ll",
    "rt": "rr",
    "lk": "l",
    "rk": "r",
    "ht": "hd",
    "p": "v",
    "t": "d",
    "k": "",
}
# What Swedish joins to the name of a place and still means the place: "Göteborgsområdet", "Malmökontoret"
AROUND = ("området", "regionen", "trakten", "kontoret")
CLOSED = {
    "genitive": "n",
    "translative": "ksi",
    "inessive": "ssA",
    "elative": "stA",
    "adessive": "llA",
    "ablative": "ltA",
    "allative": "lle",
}
# Names that are common words as well, or names of people: `place_context` tells which is meant. Found by looking for
# names and their forms in lower case in some ten thousand texts of work, and among first names and surnames.
DOUBTFUL_NAMES = """
Ale Aura Berg Boden Dorotea Eda Flen Geta Gustavs Ii Ingå Kaarina Kemi Kil Kinda Klippan Kolari Kotka Köping Lahti
Lovisa Lund Luoto Mark Mora Nacka Nokia Nora Perho Ruotsi Rusko Sala Salem Salla Salo Simo Skara Soini Somero Sund
Suomi Säter Tammela Tanum Tervo Trosa Vanda Vara Varkaus Vasa Vesanto Vilhelmina Virrat Åre Ånge
"""
# Single forms of other names that are common words: "poria", to drill.
DOUBTFUL_FORMS = frozenset({"poria"})
Cases = dict[str, set[str]]


def written(name: str) -> str:
    """The name as forms are compared: NFC, in lower case, one blank between words."""
    return " ".join(unicodedata.normalize("NFC", name).lower().split())


def forms(name: str) -> set[str]:
    """Every form in which a text may have the name, in lower case: itself, the Finnish cases that places are used in
    (genitive, partitive, essive, translative, the inner and the outer local cases) and the genitive of Swedish.

    Foreign names are inflected too, as Finnish texts do ("Göteborgissa"). What no one writes is among them: no rule
    tells whether one is in a place ("Turussa") or at it ("Tampereella"), and where gradation or vowel harmony has
    exceptions both are made.
    """
    plain = written(name)
    before, _, last = plain.rpartition(" ")
    if last == "tl":
        return {f"{form} tl" for form in forms(before)}
    inflected = {form for cases in finnish(last) for forms_ in cases.values() for form in forms_}
    inflected |= {plain if not before else last, *swedish(last)}
    return {f"{before} {form}" if before else form for form in inflected}


def swedish(name: str) -> set[str]:
    """The genitive of a name of one word in lower case, and what is named after places in Swedish."""
    genitive = name if name[-1] in "sxz" else f"{name}s"
    return {genitive, *(start + end for start in (name, genitive) for end in AROUND)}


def finnish(name: str) -> list[Cases]:
    """The Finnish cases of a name of one word in lower case, one of each declension that it may have."""
    declined = [_cases(*stems) for stems in _stems(name)]
    for first, stems in FIRST_PARTS.items():
        rest = name.removeprefix(first)
        if rest != name and len(rest) > 3:
            agreeing = _cases(*stems)
            declined += [
                {case: {a + b for a in agreeing.get(case, ()) for b in forms_} for case, forms_ in cases.items()}
                for cases in finnish(rest)
            ]
    for end, others in ALSO.items():
        if name.endswith(end):
            declined.append({"other": {name.removesuffix(end) + other for other in others}})
    return declined


def _cases(open_: str, closed: str, partitive: str, harmony: str) -> Cases:
    cases = {case: {closed + ending.replace("A", harmony)} for case, ending in CLOSED.items()}
    cases["essive"] = {f"{open_}n{harmony}"}
    # "Oulua" and "Nokiaa", but "Kuopiota" and "Eckerötä"
    cases["partitive"] = {partitive or f"{open_}{harmony}"}
    if not partitive and (open_[-2:-1] in VOWELS or open_.endswith("ö")):
        cases["partitive"] |= {f"{open_}t{harmony}"}
    last = open_[-1]
    cases["illative"] = {f"{open_}{last}n"}
    if open_[-2:-1] == last or last in "åö" or len(open_) < 4:
        # "Espooseen", "Järvenpäähän", "Umeåhon"
        cases["illative"] |= {f"{open_}seen", f"{open_}h{'o' if last == 'å' else last}n"}
    return cases


def _stems(name: str) -> list[tuple[str, str, str, str]]:
    """The stems of an open and of a closed syllable, the partitive where it does not follow, the vowel of endings."""
    if name in STEMS:
        return [STEMS[name], *([_last_part(name)] if name.endswith("lampi") else [])]
    if name.endswith(tuple(LAST_PARTS)):
        return [_last_part(name)]
    stems = []
    for vowel in _harmony(name):
        if name.endswith("nen"):
            start = name.removesuffix("nen")
            stems += [(f"{start}si", f"{start}si", f"{start}si{vowel}", vowel)]
            stems += [(f"{start}se", f"{start}se", f"{start}st{vowel}", vowel)]
        elif name[-1] not in VOWELS:
            stems += [(f"{name}i", f"{name}i", "", vowel)]
            stems += [(f"{name[:-1]}kse", f"{name[:-1]}kse", f"{name}t{vowel}", vowel)] if name.endswith("s") else []
        else:
            stems += [(name, _weak(name), "", vowel)]
            stems += [(name, name, "", vowel)] if _weak(name) != name else []
            stems += [(f"{name}e", f"{name}e", f"{name}tt{vowel}", vowel)] if name.endswith("e") else []
    return stems


def _last_part(name: str) -> tuple[str, str, str, str]:
    part = next(part for part in LAST_PARTS if name.endswith(part))
    start = name.removesuffix(part)
    open_, closed, partitive, harmony = LAST_PARTS[part]
    return start + open_, start + closed, start + partitive, harmony


def _weak(name: str) -> str:
    stem, vowel = name[:-1], name[-1]
    if len(name) < 4 or stem[-1] in VOWELS:
        return name
    for strong, weak in GRADES.items():
        if stem.endswith(strong):
            # After s and t a single consonant stays as it is: "Kotkassa", "Forssassa".
            return name if len(strong) == 1 and stem[-2] in "stk" else stem.removesuffix(strong) + weak + vowel
    return name


def _harmony(name: str) -> str:
    """The vowels that endings may have: that of the last vowel which decides, both where a name is put together."""
    deciding = [letter for letter in name if letter in BACK | FRONT]
    if not deciding:
        return "ä"
    if BACK & set(deciding) and FRONT & set(deciding):
        return "aä"
    return "a" if deciding[-1] in BACK else "ä"


def names(place: Place) -> set[str]:
    """What the place is called in any language, also without the kind that the official name of one has."""
    called = {*place.names().values(), *place.other_names}
    return called | {name.removesuffix(" kunta") for name in called}


@cache
def codes() -> dict[str, tuple[str, ...]]:
    """The codes of places by every form of their names, words parted by one blank: one code, or that of each country
    where two have the name. Of a town and a county of one name it is the town's."""
    by_kind: dict[str, dict[int, list[str]]] = {}
    order = {"municipality": 0, "region": 1, "country": 2}
    for place in places.all():
        for form in {form for name in names(place) for form in forms(name)}:
            by_kind.setdefault(form, {}).setdefault(order[place.kind], []).append(place.code)
    return {form: tuple(kinds[min(kinds)]) for form, kinds in by_kind.items()}


@cache
def doubtful() -> frozenset[str]:
    """The forms of names that are common words too, or names of people."""
    return frozenset(form for name in DOUBTFUL_NAMES.split() for form in forms(name)) | DOUBTFUL_FORMS
