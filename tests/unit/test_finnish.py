"""Finnish words are known in their cases, with suffixes, and as compounds of which only the last part is known."""

from __future__ import annotations

import pytest

from mappings.analysis import finnish, lexicon


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("kokin", "kokki"),
        ("kokeille", "kokki"),
        ("kokeilla", "kokki"),
        ("lääkäreiden", "lääkäri"),
        ("kirvesmiehiä", "kirvesmies"),
        ("kauppiaita", "kauppias"),
        ("oppaaksi", "opas"),
        ("seppien", "seppä"),
        ("kuningattarilta", "kuningatar"),
        ("analyytikkojen", "analyytikko"),
        ("kokeneita", "kokenut"),
        ("osa-aikaisille", "osa-aikainen"),
        ("linja-autoilla", "linja-auto"),
        # Suffixes behind the case: possessives, clitics and both.
        ("kokkimme", "kokki"),
        ("opettajillenne", "opettaja"),
        ("kokkejaan", "kokki"),
        ("kokkeineen", "kokki"),
        ("kokikseni", "kokki"),
        ("kokkikin", "kokki"),
        ("sairaanhoitajienkaan", "sairaanhoitaja"),
        ("myyjistämmekin", "myyjä"),
        # Compounds that no dictionary has, by their last part; behind a name, too.
        ("levyseppähitsaajaa", "levyseppähitsaaja"),
        ("verkkokauppavastaaville", "verkkokauppavastaava"),
        ("kubernetesasiantuntijoita", "kubernetesasiantuntija"),
        # Words for people that no dictionary has, by their suffix.
        ("striimaajia", "striimaaja"),
        ("striimaajiakin", "striimaaja"),
        ("säilöjille", "säilöjä"),
        ("säilöjä", "säilöjä"),
        ("säilöjä", "säilö"),
        ("kokoaja", "kokoaja"),
        ("kidemäisiä", "kidemäinen"),
        ("palkattavaa", "palkattava"),
        # The dictionary has a plural, an ending or a verb where the word is another's form too.
        ("kalusteet", "kaluste"),
        ("poliisimme", "poliisi"),
        ("papilla", "pappi"),
        ("päällystäjäin", "päällystäjä"),
        # Loans, as Finnish and as the language that they are from writes them.
        ("managerin", "manageri"),
        ("managerin", "manager"),
    ],
)
def test_a_form_is_known(form: str, base: str) -> None:
    assert base in finnish.bases(form)


@pytest.mark.parametrize(
    ("form", "other"),
    [
        ("huoneita", "huoneke"),
        ("psykologiseen", "psykologi"),
        ("lasten", "lasti"),
        ("puusta", "puku"),
        ("työtapa", "työ"),
        ("koteihin", "kotti"),
        ("tueksi", "tuke"),
        ("tilanisäntä", "tilanisäni"),
        ("opettajakin", "opettaa"),
        ("kokkien", "kokko"),
    ],
)
def test_a_form_of_one_word_is_none_of_another(form: str, other: str) -> None:
    found = finnish.bases(form)
    assert found
    assert other not in found


def test_words_of_work_come_first() -> None:
    assert finnish.bases("kokin") == ("kokki", "kokka")


@pytest.mark.parametrize("word", ["kubernetesissa", "xyzzy", "i", "-", "tömä", ""])
def test_what_is_unknown_is_no_form(word: str) -> None:
    assert finnish.bases(word) == ()


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("kubernetesissa", "kubernetes"),
        ("woltille", "wolt"),
        ("devopsia", "devops"),
        ("developereita", "developer"),
        ("reactilla", "react"),
        ("azureen", "azure"),
        ("djangoa", "django"),
    ],
)
def test_the_cases_of_names_are_guessed(form: str, name: str) -> None:
    found = finnish.guesses(form)
    assert name in found
    assert len(found) <= 3


def test_nothing_is_guessed_where_too_little_is_left() -> None:
    assert finnish.guesses("abn") == ()


@pytest.mark.parametrize(
    ("compound", "heads"),
    [
        ("lähihoitaja", ("hoitaja",)),
        ("perhepäivähoitaja", ("päivähoitaja", "hoitaja")),
        ("ohjelmistokehittäjä", ("kehittäjä",)),
        ("putkiasentaja", ("asentaja",)),
        ("lvi-asentaja", ("asentaja",)),
        ("kubernetesohjelmoija", ("ohjelmoija",)),
        ("verkkokauppavastaava", ("vastaava",)),
        ("ravintolakokki", ("kokki",)),
        ("myyntiedustaja", ("edustaja",)),
        # A head that the dictionary lacks, of a verb that it has.
        ("kuvanveistäjä", ("veistäjä",)),
        ("kynttilänvalaja", ("valaja",)),
        # What stands in a word by chance, suffixes and verbs are no heads.
        ("opettaja", ()),
        ("kouluttaja", ()),
        ("maalari", ()),
        ("sairaala", ()),
        ("suutari", ()),
        ("koodata", ()),
        ("hoitaja", ()),
        ("matkatavara", ("tavara",)),
        ("-", ()),
        ("", ()),
    ],
)
def test_the_heads_of_a_compound(compound: str, heads: tuple[str, ...]) -> None:
    assert finnish.heads(compound) == heads


@pytest.mark.parametrize("base", ["hoitaja", "kokki", "vastaava", "kauppias", "päällikkö"])
def test_a_base_form_is_its_own(base: str) -> None:
    assert lexicon.is_base(base, "fi")
    assert finnish.bases(base)[0] == base
