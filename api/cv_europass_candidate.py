"""The Candidate of Europass since 2020 (a profile of HR Open, in XML) into a CV."""

from __future__ import annotations

from typing import Any

from babel.core import get_global
from lxml import etree

from api.cv_carried import Carried, Path, Transfer
from api.cv_europass_read import UNLIKE
from api.cv_europass_xml import tree_of_xml
from api.cv_jsonresume import CONSENT
from store.criteria import LANGUAGES

NAMESPACE = "http://www.europass.eu/"
OTHER_LANGUAGE = "is the profile in another language: one is kept"
_PERSON: Path = ("Candidate", "CandidatePerson")
_PROFILE: Path = ("Candidate", "CandidateProfile", 0)
_REPEATED = frozenset(
    {
        *("CandidateProfile", "Communication", "CompetencyDimension", "DigitalSkill", "DigitalSkillsGroup"),
        *("EducationOrganizationAttendance", "EmployerHistory", "PersonCompetency", "PositionHistory"),
        *("PrimaryLanguageCode", "AddressLine"),
    }
)
_ABOUT_THE_FILE = (
    "DocumentID",
    "AlternateDocumentID",
    "CandidateSupplier",
    "RenderingInformation",
    "ProcessingInformation",
)
_CHANNELS = {"email": "email", "telephone": "phone", "web": "url"}


def read_candidate(root: etree._Element) -> Carried:
    """The CV that a Candidate holds; of several languages, the first. Raises Invalid for what is beyond all limits."""
    tree = _listed(tree_of_xml(root))
    transfer = Transfer({"Candidate": tree})
    for name in _ABOUT_THE_FILE:
        transfer.discard("Candidate", name)
    for index in transfer.items("Candidate", "CandidateProfile")[1:]:
        transfer.lose(OTHER_LANGUAGE, "Candidate", "CandidateProfile", index)
    profile = root.find("{*}CandidateProfile")
    spoken = (profile.get("languageCode") or "")[:2].lower() if profile is not None else ""
    transfer.put(spoken if spoken in LANGUAGES else None, "language", origin=(*_PROFILE, "languageCode"))
    _read_person(transfer)
    summary = (*_PROFILE, "ExecutiveSummary")
    transfer.put(transfer.text(*summary), "summary", origin=summary)
    _read_employment(transfer)
    _read_education(transfer)
    _read_qualifications(transfer)
    transfer.lose(CONSENT, *_PROFILE, "EmploymentReferences")
    return transfer.finish()


def _listed(value: Any) -> Any:
    if isinstance(value, list):
        return [_listed(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    return {name: [one] if name in _REPEATED and not isinstance(one, list) else one for name, one in inner.items()}


def _read_person(transfer: Transfer) -> None:
    names = [transfer.text(*_PERSON, "PersonName", name) for name in ("GivenName", "FamilyName")]
    transfer.put(" ".join(filter(None, names)), "contact", "name", origin=(*_PERSON, "PersonName"))
    taken: set[str] = set()
    for index in transfer.items(*_PERSON, "Communication"):
        path = (*_PERSON, "Communication", index)
        target = _CHANNELS.get(str(transfer.peek(*path, "ChannelCode")).lower())
        if target and target not in taken:
            taken.add(target)
            for name in ("ChannelCode", "UseCode"):
                transfer.discard(*path, name)
            parts = [transfer.text(*path, name) for name in ("CountryDialing", "AreaDialing", "DialNumber")]
            if target == "phone" and parts[0] and parts[0].isdigit():
                parts[0] = f"+{parts[0]}"
            value = " ".join(filter(None, parts)) if target == "phone" else transfer.text(*path, "URI")
            transfer.put(value, "contact", target, origin=path)
        elif "address" not in taken and isinstance(transfer.peek(*path, "Address"), dict):
            taken.add("address")
            _read_address(transfer, (*path, "Address"))
            transfer.discard(*path, "UseCode")
    for index in transfer.items(*_PERSON, "PrimaryLanguageCode"):
        path = (*_PERSON, "PrimaryLanguageCode", index)
        transfer.language(_language(transfer.text(*path)), "native", path, path)


def _read_address(transfer: Transfer, path: Path) -> None:
    lines = [transfer.text(*path, "AddressLine", index) for index in transfer.items(*path, "AddressLine")]
    town = [transfer.text(*path, name) for name in ("PostalCode", "CityName")]
    country = transfer.text(*path, "CountryCode")
    written = "\n".join(filter(None, [*lines, " ".join(filter(None, town)), country and country.upper()]))
    transfer.put(written, "contact", "address", origin=path)


def _language(written: str | None) -> str | None:
    """A language of three letters, or of the EU's list of them, as ISO 639-1 where it has a code there."""
    code = (written or "").rpartition("/")[2]
    return str(get_global("language_aliases").get(code.lower(), code)) if code else None


def _read_employment(transfer: Transfer) -> None:
    history: Path = (*_PROFILE, "EmploymentHistory", "EmployerHistory")
    number = 0
    for index in transfer.items(*history):
        employer = transfer.text(*history, index, "OrganizationName")
        positions: list[Path] = [
            (*history, index, "PositionHistory", one) for one in transfer.items(*history, index, "PositionHistory")
        ]
        for path in positions or [(*history, index)]:
            at = ("experience", number)
            transfer.put(employer, *at, "employer", origin=(*history, index, "OrganizationName"))
            transfer.put(transfer.text(*path, "PositionTitle"), *at, "title", origin=(*path, "PositionTitle"))
            transfer.put(transfer.text(*path, "Description"), *at, "description", origin=(*path, "Description"))
            _read_period(transfer, (*path, "EmploymentPeriod"), "CurrentIndicator", at)
            number += 1


def _read_education(transfer: Transfer) -> None:
    history: Path = (*_PROFILE, "EducationHistory", "EducationOrganizationAttendance")
    for index in transfer.items(*history):
        path, at = (*history, index), ("education", index)
        transfer.put(transfer.text(*path, "OrganizationName"), *at, "school", origin=(*path, "OrganizationName"))
        degree, programme = (*path, "EducationDegree", "DegreeName"), (*path, "ProgramName")
        named = transfer.text(*degree)
        transfer.put(named, *at, "title", origin=degree)
        transfer.put(transfer.text(*programme), *at, "field" if named else "title", origin=programme)
        covered = (*path, "EducationDegree", "OccupationalSkillsCovered")
        transfer.put(transfer.text(*covered), *at, "description", origin=covered)
        _read_period(transfer, (*path, "AttendancePeriod"), "Ongoing", at)


def _read_period(transfer: Transfer, path: Path, current: str, at: tuple[str, int]) -> None:
    goes_on = transfer.says(*path, current)
    for name, member in (("StartDate", "start"), ("EndDate", "end")):
        day = transfer.text(*path, name, "FormattedDateTime")
        if not (goes_on and member == "end"):
            transfer.put(day and day.partition("T")[0], *at, member, origin=(*path, name))


def _read_qualifications(transfer: Transfer) -> None:
    for index in transfer.items(*_PROFILE, "PersonQualifications", "PersonCompetency"):
        path = (*_PROFILE, "PersonQualifications", "PersonCompetency", index)
        taxonomy = (transfer.text(*path, "TaxonomyID") or "").lower()
        code, name = (transfer.text(*path, member) for member in ("CompetencyID", "CompetencyName"))
        if taxonomy != "language":
            transfer.skill(name or code, path)
            continue
        levels = set()
        for side in transfer.items(*path, "CompetencyDimension"):
            transfer.discard(*path, "CompetencyDimension", side, "CompetencyDimensionTypeCode")
            score = transfer.text(*path, "CompetencyDimension", side, "Score", "ScoreText")
            levels |= {score.upper()} if score else set()
        transfer.language(_language(code or name), min(levels, default=None), path, (*path, "CompetencyDimension"))
        if len(levels) > 1:
            transfer.note(UNLIKE, *path, "CompetencyDimension")
    for group in transfer.items(*_PROFILE, "DigitalSkills", "DigitalSkillsGroup"):
        path = (*_PROFILE, "DigitalSkills", "DigitalSkillsGroup", group, "DigitalSkill")
        for index in transfer.items(*path):
            transfer.skill(transfer.text(*path, index), (*path, index))
