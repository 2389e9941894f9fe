"""Swedish compounds: the base forms of unknown ones by their last part, and the heads of all."""

from __future__ import annotations

from functools import lru_cache

from mappings.analysis import lexicon, swedish_inflection
from mappings.analysis.swedish_inflection import is_noun

LEAST_HEAD = 4

# What stands before others though it is no word, or though so short that it is often a chance: "it" in "italienare".
_SHORT = frozenset("bi el hr is it ny pr rå tv ur vd yt ål år öl".split())
_THREE_LETTERS = frozenset(
    "all alp ang arm art arv ask bad bak ban bar bas ben bil bio bly blå bok bro bud byk byx båt bår bär bås bön dag dal dam"
    " deg del dyk död döv eko eld fel fil fin fisk fot fri fru frö fyr får gas gen geo gol gul gym gås hav hem hud hus hår"
    " hår hög höst jet jul kaj kok kol kor kur kyl kål kök köl köp kör lab lag lax led lek lin liv lok lys lås lån låg län"
    " läs löd lön löv mag mat mun mur mål mån mät mjöl nio nit nål nät nöd ord ost par pop pol psyk rad ras rid rik ris rot"
    " rum råd rån rör röd rök sal sim sjö sko sky snö sol sot ste stål svin syd syn sås såg säl sök sot tak tal tid tio"
    " tom tre trä tull tvä två tyg tåg tår ull ung val van vat ved vin vit vax våg vår väg väv zon zoo ägg ång öst älg hov"
    " app bot bud vvs sql web cnc cad erp crm seo aws sap net php qa ict ios utb psy lss sfi".split()
)
# Stems that are no words of their own.
_STEMS = frozenset(
    "aero afro agro andra anti astro audio auto centi cyber deci digital domstols elektro enmans epi ergo etno euro ex"
    " extra fas fysio förskol föräldra gammel geo giga guda gymnasie hydro hyper hälso infra inter justitie kardio kommunal"
    " kriminal kunga kvant lant makro maxi medicinal mega mellan mental mentor mid mikro milli mini minimi mobil mono multi"
    " mödra nano national neuro nitro orto paleo para petro pilot poly psyko radio regional regerings semi senior seismo"
    " sexual skol snow social socio specialist stats super supra tele territorial topo trafik trans ultra uni universal"
    " universitets vice värld ärke äppel".split()
)
# What stands before verbs, and so before what is made of the whole verb: an "inredare" is no "redare". A word that only
# has one of these before its end has no head.
_PARTICLES = frozenset(
    "an av be bi bort de dis efter ent er fram från för före förut hem hop ihop il im in ini inne inter kom kon lös med"
    " miss mot ned ner o om på pre pro re sam sub till um und upp ur ut van vid åt åter".split()
)
# Ends that are no words in compounds though they are spelled like some: "journalist" is no "list".
_NO_HEADS = frozenset(
    "abel aktör amen ande arie aktion aktiv anda ator cess dukt ende ering gram iker ista ister kare lett lera ling list"
    " logi lära nare ning norm nörer ring risk riska rist ryck sats siska skap skare slig ster tant text tion tris träde"
    " trice takt vara visor visa ända ären".split()
)
# Ends of inflected words that are spelled like short words.
_NO_TAILS = frozenset(
    "aren arens ares arna arnas ars darna darnas ena enas ende ens erna ernas ers istens iskan iskans mare mares nas nare"
    " nars narna nde ndes ornas orna ors rare rarna rnas tare tarna ters terna tor torna visor".split()
)
_FALSE = frozenset(
    "diskurs exempel familj föreståndare förare kompass kompost manifest medarbetare promotor reträtt support tornister"
    " översättare undersökare underhållare underrättare överlevare redaktör inspektör".split()
)


def readings(word: str) -> tuple[str, ...]:
    """The base forms of a compound that the dictionary does not have, by the longest last part that it has."""
    unsure: tuple[str, ...] = ()
    for cut in range(2, len(word) - 2):
        before, tail = word[:cut], word[cut:]
        if tail in _NO_TAILS:
            continue
        found = tuple(base for base in swedish_inflection.known(tail) if _can_be_last(base))
        if not found:
            continue
        if is_modifier(before) and (len(tail) > 3 or len(before) > 3):
            return tuple(before + base for base in found)
        if not unsure and len(before) > 2:
            unsure = tuple(before + base for base in found if _names_people(base))
    return unsure


def nouns(word: str) -> tuple[str, ...]:
    """The nouns that a word is a form of if it is a compound, where the dictionary takes it for another kind of word."""
    for cut in range(2, len(word) - LEAST_HEAD + 1):
        if _stands_before_a_head(word[:cut]):
            known = swedish_inflection.known(word[cut:])
            found = tuple(word[:cut] + base for base in known if is_noun(base) and base not in _NO_HEADS)
            if found:
                return found
    return ()


@lru_cache(maxsize=20_000)
def heads(base: str) -> tuple[str, ...]:
    """The heads of a compound in its base form, the longest first: sjuksköterska and sköterska for barnsjuksköterska."""
    if base in _FALSE:
        return ()
    listed = lexicon.is_base(base, "sv")
    for cut in range(2, len(base) - LEAST_HEAD + 1):
        before, tail = base[:cut], base[cut:]
        if tail in _NO_HEADS or not is_noun(tail):
            continue
        if _stands_before_a_head(before) or (not listed and len(before) > 2 and _names_people(tail)):
            return (tail, *heads(tail))
    return ()


def _stands_before_a_head(before: str) -> bool:
    if len(before) < 4 and before not in _SHORT and before not in _THREE_LETTERS:
        return False
    return before not in _PARTICLES and is_modifier(before)


@lru_cache(maxsize=20_000)
def is_modifier(before: str) -> bool:
    """Whether a string can stand before the last part of a compound: a word or its stem, with or without a link."""
    if _is_single(before):
        return True
    return any(
        _is_single(before[cut:]) and (before[:cut] in _PARTICLES or _is_single(before[:cut]))
        for cut in range(2, len(before) - 2)
    )


@lru_cache(maxsize=50_000)
def _is_single(before: str) -> bool:
    if len(before) < 3:
        return before in _SHORT
    if before.endswith(("ings", "ions", "hets", "itets")) or before in _STEMS or before in _THREE_LETTERS or lexicon.bases(before, "sv"):
        return True
    if before[-1] in "soeu" and any(lexicon.is_base(before[:-1] + vowel, "sv") for vowel in ("", "a", "e")):
        return True
    return any(lexicon.is_base(before + vowel, "sv") for vowel in "ae")


def _can_be_last(base: str) -> bool:
    return is_noun(base) or not base.endswith("a")


_PEOPLE = (
    "agent aktör analytiker ansvarig arbetare arkitekt artist assistent barista betjänt biolog biträde bonde byggare chaufför"
    " chef coach controller dejour designer detektiv direktör djurskötare doktor ekonom elev expert förare förman fotograf"
    " forskare frisör föreståndare förvaltare general geolog grafiker guide handläggare hantverkare ingenjör inköpare"
    " inspektör installatör instruktör jurist kapten kassör kemist klinker kirurg kock konstnär konstruktör konsult koordinator"
    " kurator köpare ledare lots läkare lärare läkare makare mamsell man manager medarbetare mekaniker montör mästare"
    " målare operatör optiker pedagog person personal pilot planerare polis praktikant producent programmerare projektör"
    " präst psykolog rådgivare redaktör reporter reparatör representant revisor rörmokare samordnare sekreterare"
    " servitör servitris sjuksköterska sköterska skötare skötare slaktare snickare specialist strateg stylist städare svetsare"
    " systemerare säljare tandläkare tandsköterska tekniker terapeut tolk trainee tränare undersköterska utredare utvecklare"
    " vakt veterinär vikarie vårdare väktare värd ägare pilot administratör advokat agronom barnmorska barnskötare bagare"
    " bartender biolog byggnadsarbetare controller croupier dietist elektriker entreprenör fysioterapeut förmedlare"
    " handledare hovmästare informatör kommunikatör koordinator laborant lektor moderator nätverkstekniker ombud pastor"
    " rektor receptionist researcher servicetekniker socionom socialsekreterare statistiker teamledare testare"
    " tillverkare trafikledare utbildare utställare vaktmästare vetare växtförädlare översättare"
).split()
_PEOPLE_SET = frozenset(_PEOPLE)


def _names_people(base: str) -> bool:
    return base in _PEOPLE_SET
