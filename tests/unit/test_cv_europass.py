"""Europass both ways, in XML and in JSON: what it holds comes along, and everything else is told by its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from api.cv_carried import NO_PLACE, Lost
from api.cv_europass import LARGEST, read_europass, write_europass, write_europass_json
from api.cv_europass_candidate import OTHER_LANGUAGE
from api.cv_europass_read import STATED, UNLIKE
from api.cv_europass_write import NAMESPACE
from api.cv_europass_xml import MOST_ELEMENTS
from api.cv_jsonresume import CONSENT, NO_MEMBER
from store.errors import Invalid
from tests.unit.cv_strategies import held_by_both

PASSPORT = f"""<?xml version="1.0" encoding="UTF-8"?>
<SkillsPassport xmlns="{NAMESPACE}" locale="sv">
  <DocumentInfo><DocumentType>ECV</DocumentType><Comment>Europass CV</Comment></DocumentInfo>
  <PrintingPreferences><Document type="ECV"><Field name="LearnerInfo" show="true"/></Document></PrintingPreferences>
  <LearnerInfo>
    <Identification>
      <PersonName><FirstName>Elin Maria</FirstName><Surname>Exempel</Surname></PersonName>
      <ContactInfo>
        <Address><Contact>
          <AddressLine>Storgatan 1</AddressLine><PostalCode>111 22</PostalCode><Municipality>Stockholm</Municipality>
          <Country><Code>SE</Code><Label>Sverige</Label></Country>
        </Contact></Address>
        <Email><Contact>elin@mail.example</Contact></Email>
        <TelephoneList>
          <Telephone><Contact>+46 70 174 06 05</Contact><Use><Code>mobile</Code></Use></Telephone>
          <Telephone><Contact>+46 8 465 004 00</Contact><Use><Code>work</Code></Use></Telephone>
        </TelephoneList>
        <WebsiteList><Website><Contact>elin.example</Contact></Website></WebsiteList>
      </ContactInfo>
      <Demographics><Birthdate year="1985" month="--03" day="---10"/><Gender><Code>F</Code></Gender></Demographics>
      <Photo><MimeType>image/jpeg</MimeType><Data>AAAA</Data></Photo>
    </Identification>
    <Headline>
      <Type><Code>job_applied_for</Code><Label>Sökt tjänst</Label></Type><Description><Label>Kock</Label></Description>
    </Headline>
    <WorkExperienceList>
      <WorkExperience>
        <Period><From year="2018" month="--09"/><Current>true</Current></Period>
        <Position><Label>Kökschef</Label></Position>
        <Activities>&lt;p&gt;Menyer:&lt;/p&gt;
          &lt;ul&gt;&lt;li&gt;lunch&lt;/li&gt;
          &lt;li&gt;fest &amp;amp; bröllop&lt;/li&gt;&lt;/ul&gt;</Activities>
        <Employer><Name>Krogen AB</Name><Sector><Code>I</Code></Sector></Employer>
      </WorkExperience>
      <WorkExperience>
        <Period><From year="2015"/><To year="2014" month="--02" day="---03"/></Period>
        <Position><Label>Kock</Label></Position>
      </WorkExperience>
    </WorkExperienceList>
    <EducationList>
      <Education>
        <Period><From year="2011"/><To year="2014" month="--06" day="---10"/></Period>
        <Title>Gymnasieexamen</Title>
        <Organisation><Name>Sjöskolan</Name></Organisation>
        <Level><Code>4</Code><Label>EQF 4</Label></Level>
        <Field><Code>81</Code><Label>Restaurang</Label></Field>
      </Education>
    </EducationList>
    <Skills>
      <Linguistic>
        <MotherTongueList><MotherTongue><Description><Code>sv</Code><Label>svenska</Label></Description></MotherTongue>
          <MotherTongue><Description><Label>alviska</Label></Description></MotherTongue></MotherTongueList>
        <ForeignLanguageList><ForeignLanguage>
          <Description><Label>finska</Label></Description>
          <ProficiencyLevel><Listening>C1</Listening><Reading>B2</Reading><SpokenInteraction>B1</SpokenInteraction>
            <SpokenProduction>B1</SpokenProduction><Writing>B2</Writing></ProficiencyLevel>
        </ForeignLanguage></ForeignLanguageList>
      </Linguistic>
      <JobRelated><Description>- menyplanering; budget, inköp
        - {"mycket lång beskrivning " * 10}</Description></JobRelated>
      <Computer><Description>&lt;ul&gt;&lt;li&gt;kassasystem, Excel&lt;/li&gt;&lt;/ul&gt;</Description></Computer>
      <Driving><Description><Licence>B</Licence><Licence>BE</Licence></Description></Driving>
    </Skills>
    <AchievementList>
      <Achievement><Title><Label>Sammanfattning</Label></Title>
        <Description>&lt;p&gt;Tio år i kök.&lt;/p&gt;</Description></Achievement>
      <Achievement><Title><Code>references</Code></Title><Description>Olle Modell</Description></Achievement>
      <Achievement><Title><Label>Priser</Label></Title><Description>Årets kock</Description></Achievement>
    </AchievementList>
    <Documentation><ReferenceTo idref="ATT_1"/></Documentation>
  </LearnerInfo>
  <AttachmentList><Attachment id="ATT_1"><Name>betyg.pdf</Name></Attachment></AttachmentList>
</SkillsPassport>""".encode()

READ = {
    "headline": "Kock",
    "summary": "Tio år i kök.",
    "language": "sv",
    "experience": [
        {
            "title": "Kökschef",
            "employer": "Krogen AB",
            "start": "2018-09",
            "description": "Menyer:\nlunch\nfest & bröllop",
        },
        {"title": "Kock", "start": "2015"},
    ],
    "education": [
        {
            "title": "Gymnasieexamen",
            "school": "Sjöskolan",
            "field": "Restaurang",
            "start": "2011",
            "end": "2014-06-10",
        }
    ],
    "skills": ["menyplanering", "budget", "inköp", "kassasystem, Excel", "Körkort B", "Körkort BE"],
    "languages": [{"language": "sv", "level": "native"}, {"language": "fi", "level": "B1"}],
    "contact": {
        "name": "Elin Maria Exempel",
        "email": "elin@mail.example",
        "phone": "+46 70 174 06 05",
        "url": "https://elin.example",
        "address": "Storgatan 1\n111 22 Stockholm\nSverige",
    },
}


def _refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read_europass(data)
    (problem,) = refused.value.problems
    assert problem.right
    return problem.reason


def _same_but_for_order(cv: dict[str, Any]) -> dict[str, Any]:
    # Europass keeps mother tongues apart from other languages.
    languages = sorted(cv.get("languages", ()), key=lambda item: str(item["language"]))
    return {**cv, "languages": languages} if languages else cv


@pytest.mark.promise("A5")
def test_a_passport_comes_along_and_what_does_not_is_told() -> None:
    carried = read_europass(PASSPORT)
    assert carried.cv == READ
    learner = "LearnerInfo."
    assert {one.field: one.reason for one in carried.lost} == {
        f"{learner}Identification.ContactInfo.Telephone[1]": NO_PLACE,
        f"{learner}Identification.Demographics.Birthdate": NO_PLACE,
        f"{learner}Identification.Demographics.Gender": STATED,
        f"{learner}Identification.Photo": NO_PLACE,
        f"{learner}WorkExperience[0].Employer.Sector": NO_PLACE,
        f"{learner}WorkExperience[1].Period.To": "is before start; without it, the entry reads as if it still went on",
        f"{learner}Education[0].Level": NO_PLACE,
        f"{learner}Skills.Linguistic.MotherTongue[1].Description": "is no language by a code of ISO 639-1, "
        "or by its name in Finnish, Swedish or English",
        f"{learner}Skills.Linguistic.ForeignLanguage[0].ProficiencyLevel": UNLIKE,
        f"{learner}Skills.JobRelated.Description": "is too long for the name of a skill",
        f"{learner}Achievement[1]": CONSENT,
        f"{learner}Achievement[2]": NO_PLACE,
        "Attachment": NO_PLACE,
    }


def test_json_is_read_like_xml() -> None:
    passport = {
        "SkillsPassport": {
            "Locale": "de",
            "LearnerInfo": {
                "Identification": {
                    "PersonName": {"FirstName": "Elin", "Surname": "Exempel"},
                    "ContactInfo": {"Telephone": {"Contact": "+46 70 174 06 05"}},
                },
                "Headline": {"Type": {"Code": "personal_statement"}, "Description": {"Label": "Tio år<br/>i kök"}},
                "WorkExperience": {
                    "Period": {"From": {"Year": 2002, "Month": 8}, "To": {"Year": 2003, "Day": 7}, "Current": False},
                    "Position": {"Label": "Kock"},
                    "Employer": "Krogen",
                },
                "Skills": {"Driving": {"Description": ["C1"]}},
            },
        }
    }
    carried = read_europass(b"\xef\xbb\xbf\n" + json.dumps(passport).encode())
    assert carried.cv == {
        "summary": "Tio år\ni kök",
        "experience": [{"title": "Kock", "start": "2002-08", "end": "2003"}],
        "skills": ["Driving licence C1"],
        "contact": {"name": "Elin Exempel", "phone": "+46 70 174 06 05"},
    }
    assert carried.lost == [
        Lost("LearnerInfo.WorkExperience[0].Employer", NO_PLACE),
        Lost("Locale", "is none of: fi, sv, en"),
    ]


@pytest.mark.promise("A5")
@given(held_by_both())
def test_what_both_hold_comes_back_the_same(cv: dict[str, Any]) -> None:
    xml, lost_in_xml = write_europass(cv)
    tree, lost_in_json = write_europass_json(cv)
    assert lost_in_xml == lost_in_json == []
    for data in (xml, json.dumps(tree).encode()):
        back = read_europass(data)
        assert back.lost == []
        assert _same_but_for_order(back.cv) == _same_but_for_order(cv)


def test_what_is_written_has_the_order_of_the_schema() -> None:
    xml, _ = write_europass(READ)
    root = etree.fromstring(xml)
    assert root.tag == f"{{{NAMESPACE}}}SkillsPassport"
    assert root.get("locale") == "sv"
    learner = [etree.QName(one).localname for one in root[1]]
    assert learner == ["Identification", "Headline", "WorkExperienceList", "EducationList", "Skills", "AchievementList"]
    (period,) = root.iter(f"{{{NAMESPACE}}}Education")
    start, end = period[0]
    assert start.items() == [("year", "2011")]
    assert end.items() == [("year", "2014"), ("month", "--06"), ("day", "---10")]


def test_what_the_format_cannot_hold_is_told_when_writing() -> None:
    cv = {
        "places": ["se-0180"],
        "references": [{"name": "Olle Modell", "consent": True}],
        "self_stated": {"gender": "x"},
    }
    xml, lost = write_europass(cv)
    assert b"Olle" not in xml
    assert [(one.field, one.reason) for one in lost[:2]] == [("places", NO_MEMBER), ("self_stated", NO_MEMBER)]
    assert lost[2].field == "references[0]"


def test_entities_are_neither_expanded_nor_fetched() -> None:
    start = f'<SkillsPassport xmlns="{NAMESPACE}"><LearnerInfo><Headline><Description><Label>'
    end = "</Label></Description></Headline></LearnerInfo></SkillsPassport>"
    doubled = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    for declared, used in (
        ('<!ENTITY e SYSTEM "file:///etc/hostname">', "&e;"),
        ('<!ENTITY e0 "bang">' + doubled, "&e11;"),
        ('<!ENTITY % e SYSTEM "http://127.0.0.1:9/e.dtd"> %e;', "x"),
    ):
        reason = _refusal(f"<!DOCTYPE SkillsPassport [{declared}]>{start}{used}{end}".encode())
        assert reason == "has a document type declaration" or reason == "is not XML"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not XML"),
        (b"<SkillsPassport>", "is not XML"),
        (b"<html/>", "is not a Europass CV"),
        (b"<SkillsPassport/>", "is not a Europass CV"),
        (f'<SkillsPassport xmlns="{NAMESPACE}"/>'.encode(), "holds no LearnerInfo"),
        (b'<Candidate xmlns="http://www.hr-xml.org/3"/>', "is not a Europass CV"),
        (b"{", "is not JSON"),
        (b"[]", "is not a Europass CV"),
        (b'{"a": 1}', "holds no LearnerInfo"),
        (b'{"SkillsPassport": 1}', "is not a Europass CV"),
        (b'{"SkillsPassport": {"LearnerInfo": ' + b"[" * 50 + b"]" * 50 + b"}}", "is not a Europass CV"),
        (b"[" * 100_000, "is not JSON"),
        (b" " * (LARGEST + 1), "has 5,000,001 bytes"),
        (b"<a>" * 300, "is not XML"),
        (
            f'<SkillsPassport xmlns="{NAMESPACE}">{"<a/>" * MOST_ELEMENTS}</SkillsPassport>'.encode(),
            f"has more than {MOST_ELEMENTS:,} elements",
        ),
    ],
    ids=range(15),
)
def test_what_is_no_passport_is_refused(data: bytes, reason: str) -> None:
    assert _refusal(data) == reason


CANDIDATE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Candidate xmlns="http://www.europass.eu/1.0" xmlns:oa="http://www.openapplications.org/oagis/9"
  xmlns:eures="http://www.europass_eures.eu/1.0" xmlns:hr="http://www.hr-xml.org/3">
  <hr:DocumentID schemeID="x"/>
  <CandidateSupplier><hr:PartyName>Jemand Anders</hr:PartyName></CandidateSupplier>
  <CandidatePerson>
    <PersonName><oa:GivenName>Kaisa</oa:GivenName><hr:FamilyName>Esimerkki</hr:FamilyName></PersonName>
    <Communication><ChannelCode>Telephone</ChannelCode><UseCode>mobile</UseCode>
      <CountryDialing>358</CountryDialing><oa:DialNumber>401234567</oa:DialNumber></Communication>
    <Communication><ChannelCode>Email</ChannelCode><oa:URI>kaisa@mail.example</oa:URI></Communication>
    <Communication><ChannelCode>Social Media</ChannelCode><oa:URI>https://kuvat.example/k</oa:URI></Communication>
    <Communication><UseCode>home</UseCode><Address><oa:AddressLine>Saarikatu 1</oa:AddressLine>
      <oa:CityName>Helsinki</oa:CityName><CountryCode>fi</CountryCode>
      <oa:PostalCode>00100</oa:PostalCode></Address></Communication>
    <hr:BirthDate>1985-03-10</hr:BirthDate>
    <PrimaryLanguageCode>fin</PrimaryLanguageCode>
  </CandidatePerson>
  <CandidateProfile languageCode="fi">
    <hr:ExecutiveSummary>&lt;p&gt;Kymmenen vuotta.&lt;/p&gt;</hr:ExecutiveSummary>
    <EmploymentHistory>
      <EmployerHistory><hr:OrganizationName>Saaren sairaala</hr:OrganizationName>
        <PositionHistory><PositionTitle>Sairaanhoitaja</PositionTitle>
          <eures:EmploymentPeriod>
            <eures:StartDate><hr:FormattedDateTime>2019-08</hr:FormattedDateTime></eures:StartDate>
            <eures:EndDate><hr:FormattedDateTime>2020-01</hr:FormattedDateTime></eures:EndDate>
            <hr:CurrentIndicator>true</hr:CurrentIndicator>
          </eures:EmploymentPeriod>
          <oa:Description>&lt;ul&gt;&lt;li&gt;yksi&lt;/li&gt;&lt;li&gt;kaksi&lt;/li&gt;&lt;/ul&gt;</oa:Description>
        </PositionHistory>
        <PositionHistory><PositionTitle>Hoitaja</PositionTitle></PositionHistory>
      </EmployerHistory>
      <EmployerHistory><hr:OrganizationName>Kanerva</hr:OrganizationName></EmployerHistory>
    </EmploymentHistory>
    <EducationHistory><EducationOrganizationAttendance>
      <hr:OrganizationName>Saaren ammattikorkeakoulu</hr:OrganizationName>
      <EducationLevelCode>6</EducationLevelCode>
      <AttendancePeriod><StartDate><hr:FormattedDateTime>2011-08-15T00:00:00</hr:FormattedDateTime></StartDate>
        <EndDate><hr:FormattedDateTime>2015</hr:FormattedDateTime></EndDate></AttendancePeriod>
      <EducationDegree><hr:DegreeName>Sairaanhoitaja (AMK)</hr:DegreeName></EducationDegree>
      <hr:ProgramName>Hoitotyö</hr:ProgramName>
    </EducationOrganizationAttendance></EducationHistory>
    <PersonQualifications>
      <PersonCompetency><CompetencyID>http://publications.europa.eu/resource/authority/language/SWE</CompetencyID>
        <hr:TaxonomyID>language</hr:TaxonomyID>
        <eures:CompetencyDimension><hr:CompetencyDimensionTypeCode>CEF-Writing</hr:CompetencyDimensionTypeCode>
          <eures:Score><hr:ScoreText>B1</hr:ScoreText></eures:Score></eures:CompetencyDimension>
        <eures:CompetencyDimension><hr:CompetencyDimensionTypeCode>CEF-Reading</hr:CompetencyDimensionTypeCode>
          <eures:Score><hr:ScoreText>B2</hr:ScoreText></eures:Score></eures:CompetencyDimension>
      </PersonCompetency>
      <PersonCompetency><hr:CompetencyName>Triage</hr:CompetencyName><hr:TaxonomyID>other</hr:TaxonomyID>
      </PersonCompetency>
    </PersonQualifications>
    <DigitalSkills><DigitalSkillsGroup><DigitalSkill>Excel</DigitalSkill><DigitalSkill>Effica</DigitalSkill>
    </DigitalSkillsGroup></DigitalSkills>
    <EmploymentReferences><Referee>Olli Malli</Referee></EmploymentReferences>
    <PublicationHistory><Publication><Title>Triage</Title></Publication></PublicationHistory>
  </CandidateProfile>
  <CandidateProfile languageCode="en"><hr:ExecutiveSummary>Ten years.</hr:ExecutiveSummary></CandidateProfile>
</Candidate>""".encode()


@pytest.mark.promise("A5")
def test_a_candidate_of_the_later_format_comes_along_too() -> None:
    carried = read_europass(CANDIDATE)
    assert carried.cv == {
        "summary": "Kymmenen vuotta.",
        "language": "fi",
        "experience": [
            {
                "title": "Sairaanhoitaja",
                "employer": "Saaren sairaala",
                "start": "2019-08",
                "description": "yksi\nkaksi",
            },
            {"title": "Hoitaja", "employer": "Saaren sairaala"},
            {"employer": "Kanerva"},
        ],
        "education": [
            {
                "title": "Sairaanhoitaja (AMK)",
                "school": "Saaren ammattikorkeakoulu",
                "field": "Hoitotyö",
                "start": "2011-08-15",
                "end": "2015",
            }
        ],
        "skills": ["Triage", "Excel", "Effica"],
        "languages": [{"language": "fi", "level": "native"}, {"language": "sv", "level": "B1"}],
        "contact": {
            "name": "Kaisa Esimerkki",
            "email": "kaisa@mail.example",
            "phone": "+358 401234567",
            "address": "Saarikatu 1\n00100 Helsinki\nFI",
        },
    }
    profile = "Candidate.CandidateProfile[0]."
    assert {one.field: one.reason for one in carried.lost} == {
        "Candidate.CandidatePerson.Communication[2]": NO_PLACE,
        "Candidate.CandidatePerson.BirthDate": NO_PLACE,
        f"{profile}EducationHistory.EducationOrganizationAttendance[0].EducationLevelCode": NO_PLACE,
        f"{profile}PersonQualifications.PersonCompetency[0].CompetencyDimension": UNLIKE,
        f"{profile}EmploymentReferences": CONSENT,
        f"{profile}PublicationHistory": NO_PLACE,
        "Candidate.CandidateProfile[1]": OTHER_LANGUAGE,
    }


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Identification", "WorkExperience", "Period", "From", "Year", "Skills", "Driving", "Description"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(_ODD)
def test_odd_trees_are_read_as_far_as_they_go(learner: Any) -> None:
    carried = None
    try:
        carried = read_europass(json.dumps({"LearnerInfo": learner}).encode())
    except Invalid as invalid:
        assert not isinstance(learner, dict), invalid.problems  # noqa: PT017
    assert carried is None or isinstance(carried.cv, dict)
