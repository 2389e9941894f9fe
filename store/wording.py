"""What people read, in Finnish, Swedish and English: the catalogues, and dates, amounts and labels as each writes them.

English is the message that the code and the templates hold; `store/translations` has the other two, and
`scripts/update_translations.py` takes up new messages. Whoever reads none of the three reads English.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_symbol
from babel.support import NullTranslations, Translations
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

LANGUAGES = ("fi", "sv", "en")
TRANSLATIONS = Path(__file__).resolve().parent / "translations"
LOCALES = {"fi": "fi", "sv": "sv", "en": "en_GB"}
# A deadline is the end of its day unless an hour was said: the hour is worth reading only then.
END_OF_DAY = (23, 59)


def N_(message: str) -> str:
    """The message itself, marked for the catalogues: it is translated where it is shown."""
    return message


_EMPLOYMENT = {
    "full_time": N_("full-time"),
    "part_time": N_("part-time"),
    "permanent": N_("permanent"),
    "temporary": N_("temporary"),
    "seasonal": N_("seasonal work"),
    "internship": N_("internship"),
    "apprenticeship": N_("apprenticeship"),
    "freelance": N_("freelance"),
}
_LANGUAGES = {"fi": N_("Finnish"), "sv": N_("Swedish"), "en": N_("English")}
_IN_LANGUAGE = {"fi": N_("in Finnish"), "sv": N_("in Swedish"), "en": N_("in English")}
_FREQUENCIES = {
    "instant": N_("as soon as a job is published"),
    "daily": N_("once a day"),
    "weekly": N_("once a week"),
}
_PERIODS = {"hour": N_("%(amount)s an hour"), "month": N_("%(amount)s a month"), "year": N_("%(amount)s a year")}


@cache
def translator(language: str) -> NullTranslations:
    """The messages in one language, for Python (`gettext`, `ngettext`) and templates. Raises KeyError for others."""
    if LOCALES[language] == LOCALES["en"]:
        return NullTranslations()
    compiled = BytesIO()
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def environment(package: str, language: str) -> Environment:
    """The templates of a package, speaking one language: HTML is escaped, and a value that is not given is an error."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]
    return made


def date(moment: datetime, zone: str, language: str) -> str:
    """The day of a moment where the reader lives: "24. marraskuuta 2026", "24 november 2026", "24 November 2026"."""
    return format_date(moment.astimezone(ZoneInfo(zone)).date(), "long", locale=LOCALES[language])


def date_and_hour(moment: datetime, zone: str, language: str) -> str:
    """The day and the hour of a moment where the reader lives: "24 November 2026 at 16:00"."""
    hour = format_time(moment.astimezone(ZoneInfo(zone)).timetz(), "short", locale=LOCALES[language])
    return translator(language).gettext("%(day)s at %(hour)s") % {"day": date(moment, zone, language), "hour": hour}


def deadline(moment: datetime, zone: str, language: str) -> str:
    """The day that a deadline falls on, with the hour where it is not the end of that day."""
    local = moment.astimezone(ZoneInfo(zone))
    whole_day = (local.hour, local.minute) == END_OF_DAY
    return date(moment, zone, language) if whole_day else date_and_hour(moment, zone, language)


def number(value: float | Decimal, language: str) -> str:
    """A number with its thousands apart: "3 000", "3,000"."""
    return format_decimal(value, locale=LOCALES[language])


def money(lowest: int | Decimal, currency: str, language: str, highest: int | Decimal | None = None) -> str:
    """An amount, or a range of two: "3 000–3 500 €", "€3,000–3,500"."""
    amounts = [lowest] if highest is None or highest == lowest else [lowest, highest]
    # "15,5 €" is no amount of money; and where one of two has cents, both show them.
    form = "#,##0" if all(one == int(one) for one in amounts) else "#,##0.00"
    amount = "–".join(format_decimal(one, form, locale=LOCALES[language]) for one in amounts)
    symbol = get_currency_symbol(currency, locale=LOCALES[language])
    if language == "en":
        return f"{symbol}\xa0{amount}" if symbol.isalpha() else f"{symbol}{amount}"
    return f"{amount}\xa0{symbol}"


def salary(
    lowest: int | Decimal | None, highest: int | Decimal | None, currency: str, period: str, language: str
) -> str:
    """A salary as an ad offers it, for a period of `store.listing_input.SALARY_PERIODS`; one of the two is given."""
    _ = translator(language).gettext
    known = lowest if lowest is not None else highest
    if known is None:
        raise ValueError("a salary needs an amount")
    amount = money(known, currency, language, highest if lowest is not None else None)
    text = _(_PERIODS[period]) % {"amount": amount}
    if lowest is None:
        return _("up to %(amount)s") % {"amount": text}
    return text if highest is not None else _("from %(amount)s") % {"amount": text}


def least_salary(amount: int, currency: str, language: str) -> str:
    """A monthly salary that somebody asks for."""
    _ = translator(language).gettext
    monthly = _PERIODS["month"]
    return _("at least %(amount)s") % {"amount": _(monthly) % {"amount": money(amount, currency, language)}}


def employment(code: str, language: str) -> str:
    """What a form of employment of `store.criteria.EMPLOYMENT` is called."""
    return translator(language).gettext(_EMPLOYMENT[code])


def within(km: int, place: str, language: str) -> str:
    """A distance from a place, which is given by its name."""
    return translator(language).gettext("within %(km)s km of %(place)s") % {"km": km, "place": place}


def remote(is_remote: bool, language: str) -> str:
    """Where the work is done, as a choice: "remote work" or "on site"."""
    _ = translator(language).gettext
    return _("remote work") if is_remote else _("on site")


def language_name(code: str, language: str) -> str:
    """What a language is called: "suomi"."""
    return translator(language).gettext(_LANGUAGES[code])


def in_language(code: str, language: str) -> str:
    """What an ad in that language is written in: "suomeksi"."""
    return translator(language).gettext(_IN_LANGUAGE[code])


def frequency(code: str, language: str) -> str:
    """How often an alert sends mail, of `store.alerts.FREQUENCIES`."""
    return translator(language).gettext(_FREQUENCIES[code])


def either(words: Sequence[str], language: str) -> str:
    """Words of which one is enough: "Tampere, Turku tai Oulu"."""
    return format_list(list(words), style="or", locale=LOCALES[language]) if words else ""
