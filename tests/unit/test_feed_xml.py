"""Feeds in XML: the product's own form, the one that job sites exchange, and what XML must not be allowed to do."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from api import feeds
from api.feed_record import LONGEST_RECORD, Record
from store.errors import Problem

GOOD = """<listing reference="A-1">
  <title>Kokki &amp; tarjoilija</title>
  <description><![CDATA[<p>Etsimme&nbsp;kokkia.</p>]]></description>
  <language>fi</language>
  <employer>Ravintola Saari Oy</employer>
  <place>fi-091</place>
  <place>fi-049</place>
  <occupation>isco-5120</occupation>
  <employment>full_time</employment>
  <employment>permanent</employment>
  <remote>false</remote>
  <salary currency="EUR" period="month"><min>2500</min><max>2800.50</max></salary>
  <published_at>2026-06-01</published_at>
  <deadline>2099-06-30</deadline>
  <apply><url>https://saari.example.fi/?a=1&amp;b=2</url><email>rekry@saari.example.fi</email></apply>
  <site>ravintolat</site>
</listing>
"""

JOB = """<job>
  <title><![CDATA[Kokki]]></title>
  <date>Mon, 01 Jun 2026 08:00:00 +0300</date>
  <expirationdate>2099-06-30</expirationdate>
  <referencenumber>J-1</referencenumber>
  <url>https://saari.example.fi/1</url>
  <company>Ravintola Saari Oy</company>
  <city>Helsinki</city>
  <state>Uusimaa</state>
  <country>FI</country>
  <language>fi</language>
  <description><![CDATA[<h1>Kokki</h1>Etsimme kokkia.]]></description>
  <salary>2 500 – 2 800,50 €/kk</salary>
  <jobtype>Full-time, permanent</jobtype>
  <category>Ravintola-ala</category>
</job>
"""


def read(feed: str | bytes) -> list[Record]:
    records = list(feeds.read(io.BytesIO(feed.encode() if isinstance(feed, str) else feed), "xml"))
    assert all((record.data is None) == bool(record.problems) for record in records)
    return records


def own(*listings: str) -> str:
    return "<listings>\n" + "".join(listings) + "</listings>"


def jobs(*jobs: str) -> str:
    return "<source>\n<publisher>Saari</publisher>\n" + "".join(jobs) + "</source>"


@pytest.mark.promise("L1")
def test_our_own_form_has_an_element_for_each_field() -> None:
    (record,) = read('<?xml version="1.0" encoding="UTF-8"?>\n' + own(GOOD))
    assert record.problems == []
    assert record.line == 3
    listing = record.data
    assert listing is not None
    assert listing.reference == "A-1"
    assert listing.title == "Kokki & tarjoilija"
    assert listing.description == "<p>Etsimme&nbsp;kokkia.</p>"
    assert listing.places == ("fi-091", "fi-049")
    assert listing.employment == ("full_time", "permanent")
    assert listing.remote is False
    assert (listing.salary_min, listing.salary_max) == (Decimal("2500"), Decimal("2800.5"))
    assert (listing.salary_currency, listing.salary_period) == ("EUR", "month")
    assert listing.deadline == datetime(2099, 6, 30, 20, 59, 59, tzinfo=UTC)
    assert listing.apply_url == "https://saari.example.fi/?a=1&b=2"
    assert listing.apply_email == "rekry@saari.example.fi"
    assert listing.site == "ravintolat"


@pytest.mark.parametrize(
    ("description", "html"),
    [
        ("Etsimme &lt;b&gt;kokkia&lt;/b&gt;.", "<p>Etsimme <b>kokkia</b>.</p>"),
        (
            "<p>Etsimme <b>kokkia</b> &amp; muita.</p><p>Heti.</p>",
            "<p>Etsimme <b>kokkia</b> &amp; muita.</p><p>Heti.</p>",
        ),
        ("3 &lt; 5 &amp;amp; <b>9</b>", "<p>3 &lt; 5 &amp;amp; <b>9</b></p>"),
        ('<x:p xmlns:x="urn:x">Etsimme</x:p>', "<p>Etsimme</p>"),
        ("Yksi\n\nKaksi", "<p>Yksi</p><p>Kaksi</p>"),
    ],
)
def test_a_description_is_text_cdata_or_elements(description: str, html: str) -> None:
    whole = GOOD.replace("<![CDATA[<p>Etsimme&nbsp;kokkia.</p>]]>", description)
    (record,) = read(own(whole))
    assert record.data is not None
    assert record.data.description == html


@pytest.mark.parametrize(
    ("written", "instead", "field", "reason", "right"),
    [
        ("<title>", "<titel>", "titel", "is not a known field", 'did you mean "title"?'),
        ("<site>ravintolat</site>", "<site/><colour>red</colour>", "colour", "is not a known field", "only: reference"),
        ("<site>", "<title>Toinen</title><site>", "title", "is there twice", "one element"),
        ("<employer>Ravintola", "<employer><b/>Ravintola", "employer", "holds other elements", "text alone"),
        ("<place>fi-091", "<place>fi-999", "place", 'is "fi-999", which is not known', "an official code"),
        ("<remote>false", "<remote>no", "remote", "is neither true nor false", "true or false"),
        ("<min>2500", "<min>2 500", "salary.min", "is not a number", "2500.50"),
        ("<min>2500", "<minimum/><min>2500", "salary.minimum", "is not a known field", 'did you mean "min"?'),
        ("<min>2500", "<currency>SEK</currency><min>2500", "salary.currency", "is there twice", "once"),
        (' currency="EUR"', "", "salary.currency", "is missing", "EUR"),
        ("<url>https:", "<url>ftp:", "apply.url", "is not a web address", "https://"),
        ('reference="A-1"', 'reference="A-1" id="1"', "id", "is not a known field", "only: reference"),
        ('reference="A-1"', "", "reference", "is missing", "200"),
    ],
)
@pytest.mark.promise("L1")
def test_a_problem_is_told_in_the_words_of_the_feed(
    written: str, instead: str, field: str, reason: str, right: str
) -> None:
    bad = GOOD.replace(written, instead).replace("</title>", "</titel>" if instead == "<titel>" else "</title>")
    first, record, last = read(own(GOOD, bad, GOOD.replace("A-1", "A-3")))
    assert first.data is not None
    assert last.data is not None
    told = {problem.field: problem for problem in record.problems}
    assert record.line == 19
    assert reason in told[field].reason
    assert right in told[field].right
    assert told.keys() <= {field, "title"}


def test_empty_elements_are_left_out_and_the_reference_may_be_an_element() -> None:
    (record,) = read(
        own(
            GOOD.replace(' reference="A-1"', "")
            .replace("<site>ravintolat</site>", "<site/><reference>B-1</reference>")
            .replace("<deadline>2099-06-30</deadline>", "<deadline> </deadline>")
            .replace('<salary currency="EUR" period="month"><min>2500</min><max>2800.50</max></salary>', "<salary/>")
        )
    )
    assert record.data is not None
    assert record.data.reference == "B-1"
    assert (record.data.deadline, record.data.site, record.data.salary_min) == (None, None, None)


@pytest.mark.promise("L1")
def test_the_form_that_job_sites_exchange() -> None:
    (record,) = read(jobs(JOB))
    assert record.problems == []
    assert record.line == 3
    listing = record.data
    assert listing is not None
    assert (listing.reference, listing.title, listing.employer) == ("J-1", "Kokki", "Ravintola Saari Oy")
    assert listing.description == "<h2>Kokki</h2>Etsimme kokkia."
    assert listing.places == ("fi-091",)
    assert listing.employment == ("full_time", "permanent")
    assert (listing.salary_min, listing.salary_max) == (Decimal("2500"), Decimal("2800.5"))
    assert (listing.salary_currency, listing.salary_period) == ("EUR", "month")
    assert listing.published_at == datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
    assert listing.deadline == datetime(2099, 6, 30, 20, 59, 59, tzinfo=UTC)
    assert listing.apply_url == "https://saari.example.fi/1"


@pytest.mark.parametrize(
    ("written", "salary"),
    [
        ("2500 EUR/month", ("2500", "2500", "EUR", "month")),
        ("€2,500 - €3,000.50 per month", ("2500", "3000.5", "EUR", "month")),
        ("15–18,75 €/h", ("15", "18.75", "EUR", "hour")),
        ("30 000 kr per månad", ("30000", "30000", "SEK", "month")),
        ("$45,000 a year", ("45000", "45000", "USD", "year")),
        ("alkaen 2.500 euroa / kk", ("2500", None, "EUR", "month")),
        ("Up to 3000 EUR per month", (None, "3000", "EUR", "month")),
        ("Sopimuksen mukaan", (None, None, None, None)),
    ],
)
def test_salaries_in_words(written: str, salary: tuple[str | None, ...]) -> None:
    (record,) = read(jobs(JOB.replace("2 500 – 2 800,50 €/kk", written)))
    assert record.data is not None
    least, most, currency, period = salary
    assert record.data.salary_min == (Decimal(least) if least else None)
    assert record.data.salary_max == (Decimal(most) if most else None)
    assert (record.data.salary_currency, record.data.salary_period) == (currency, period)


@pytest.mark.parametrize(
    ("written", "instead", "field", "reason"),
    [
        ("2 500 – 2 800,50 €/kk", "2500", "salary", 'is "2500", which is not understood'),
        ("2 500 – 2 800,50 €/kk", "2500 €/kk, 3 lomaa", "salary", "which is not understood"),
        ("2 500 – 2 800,50 €/kk", "5" + "-" * 100_000, "salary", "which is not understood"),
        ("Full-time", "Full-moon", "jobtype", 'is "Full-moon", which is not known'),
        ("Helsinki", "Atlantis", "city", 'is "Atlantis", which is not known here'),
        ("<country>FI", "<country>SE", "city", 'is "Helsinki", which is not known here'),
        ("<country>FI", "<country>NO", "city", 'is "NO", which is not known here'),
        ("2099-06-30", "30.6.2099", "expirationdate", "ISO 8601"),
        ("Mon, 01 Jun", "Mon, 31 Jun", "date", "ISO 8601"),
        ("<company>Ravintola Saari Oy</company>", "", "company", "is missing"),
        ("<referencenumber>J-1</referencenumber>", "", "referencenumber", "is missing"),
        ("https://saari.example.fi/1", "", "url", "neither where nor to whom"),
    ],
)
@pytest.mark.promise("L1")
def test_a_job_that_cannot_be_understood_says_why(written: str, instead: str, field: str, reason: str) -> None:
    (record,) = read(jobs(JOB.replace(written, instead)))
    (problem,) = record.problems
    assert problem.field == field
    assert reason in problem.reason
    assert problem.right


@pytest.mark.parametrize(
    ("city", "state", "country", "place"),
    [
        ("Övertorneå", "", "FI", "fi-976"),
        ("Övertorneå", "", "Ruotsi", "se-2518"),
        ("Övertorneå", "Norrbotten", "", "se-2518"),
        ("", "Uusimaa", "Finland", "fi-r01"),
        ("", "", "SWE", "se"),
        ("33100 Tampere", "", "", "fi-837"),
        ("Tampere, Suomi", "", "", "fi-837"),
        ("fi-837", "", "", "fi-837"),
        ("Uusimaa", "", "", "fi-r01"),
        ("Turku", "Uusimaa", "", "fi-853"),
    ],
)
def test_where_a_job_is(city: str, state: str, country: str, place: str) -> None:
    job = JOB.replace(">Helsinki<", f">{city}<").replace(">Uusimaa<", f">{state}<", 1).replace(">FI<", f">{country}<")
    (record,) = read(jobs(job))
    assert record.problems == []
    assert record.data is not None
    assert record.data.places == (place,)


def test_a_name_of_both_countries_needs_the_country() -> None:
    (record,) = read(jobs(JOB.replace("Helsinki", "Övertorneå").replace("Uusimaa", "").replace(">FI<", "><")))
    assert record.problems == [
        Problem("city", 'is "Övertorneå", which is in Finland and in Sweden', "the country as well: FI or SE")
    ]


@pytest.mark.parametrize(("written", "remote"), [("Fully remote", True), ("Hybrid remote", False), ("", False)])
def test_remote_jobs_need_no_place(written: str, remote: bool) -> None:
    job = JOB.replace("Helsinki", "").replace("Uusimaa", "").replace(">FI<", "><") if remote else JOB
    (record,) = read(jobs(job.replace("<category>", f"<remotetype>{written}</remotetype><category>")))
    assert record.data is not None
    assert record.data.remote is remote


@pytest.mark.promise("L1")
def test_what_was_before_a_break_is_kept_and_the_break_has_its_line() -> None:
    for broken, line, reason in (
        ("<listing><title>Kokki</titel></listing>", 36, "mismatch"),
        ("<listing>\n\n&nbsp;</listing>", 38, "Entity 'nbsp' not defined"),
        ("<listing>\n<title>", 38, "mismatch"),
        ("<a>" * 300, 36, "Excessive depth"),
        ("</listings>\n<listings>", 37, "Extra content"),
    ):
        feed = own(GOOD, GOOD.replace("A-1", "A-2")).removesuffix("</listings>") + broken + "\n</listings>"
        *good, last = read(feed)
        assert [record.line for record in good if record.data] == [2, 19]
        assert last.line == line
        assert last.problems[0].reason.startswith("is not XML from here on: ")
        assert reason in last.problems[0].reason
        assert "HUGE" not in last.problems[0].reason
        assert last.problems[0].right
    first, last = read(own(GOOD).removesuffix("</listings>"))
    assert first.data is not None
    assert (last.line, last.problems[0].reason) == (
        19,
        "is not XML from here on: Premature end of data in tag listings line 1",
    )


@pytest.mark.promise("L1")
def test_unreadable_bytes_hurt_one_listing() -> None:
    feed = own(
        GOOD.replace("Kokki", "Kök").replace("Saari Oy", "S\0aari"),
        GOOD.replace("A-1", "A-2"),
        GOOD.replace("A-1", "A-3"),
    )
    records = read(feed.encode("latin-1"))
    assert [record.line for record in records if record.data] == [19, 36]
    assert [problem.reason for problem in records[0].problems] == [
        "byte 11 of line 3 (0xF6) is not UTF-8",
        "byte 24 of line 6 begins U+0000, which no text holds",
    ]
    (record,) = read(own(GOOD.replace("Kokki", "&#xFDD0;")))
    assert record.problems[0].reason == "holds bytes that are not text"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("iso-8859-1", "latin-1"),
        ("ISO-8859-15", "iso8859-15"),
        ("windows-1252", "cp1252"),
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
    ],
)
def test_encodings(declared: str, encoding: str) -> None:
    feed = f'<?xml version="1.0" encoding="{declared}"?>' + own(GOOD.replace("Kokki", "Kökki"))
    (record,) = read(feed.encode(encoding))
    assert record.data is not None
    assert record.data.title == "Kökki & tarjoilija"


def test_an_encoding_that_is_not_read_is_named() -> None:
    (record,) = read(f'<?xml version="1.0" encoding="koi8-r"?>{own(GOOD)}')
    assert record.problems == [
        Problem("", 'is said to be in "koi8-r", which is not read here', "UTF-8, or UTF-16 with a byte order mark")
    ]


_LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))


@pytest.mark.promise("S5")
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE listings [<!ENTITY l0 "lol">]>',
        f'<!DOCTYPE listings [<!ENTITY l0 "lol">{_LAUGHS}]>',
        '<!DOCTYPE listings [<!ENTITY l0 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE listings [<!ENTITY % l0 SYSTEM "SECRET"> %l0;]>',
        '<!DOCTYPE listings SYSTEM "SECRET">',
    ],
    ids=lambda declaration: declaration[:60],
)
def test_entities_are_neither_expanded_nor_fetched(declaration: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY l0 "secret">')
    feed = declaration.replace("SECRET", secret.as_uri()) + own(GOOD.replace("Kokki", "Kokki &l0;"))
    (record,) = read(feed)
    assert record.data is None
    assert record.problems[0].reason == "has a document type declaration"


@pytest.mark.promise("S5")
def test_a_record_without_end_stays_small() -> None:
    endless = "<listing>" + "<a/>" * 100_000 + "</listing>"
    large = "<listing><title>" + "x" * (LONGEST_RECORD + 200_000) + "</title></listing>"
    records = read(own(GOOD, endless, large, GOOD.replace("A-1", "A-2")))
    assert [record.data is not None for record in records] == [True, False, False, True]
    assert {record.problems[0].reason for record in records[1:3]} == {"is longer than 1,000,000 characters"}


@pytest.mark.parametrize(
    ("feed", "reason", "right"),
    [
        ("<rss><channel/></rss>", "begins with <rss>", "<listings> or <source>"),
        ("", "is not XML from here on: it is empty", "well formed"),
        ("<listings><advert/></listings>", "<advert> is not known", "<listing>"),
    ],
)
def test_other_xml_is_told_what_is_expected(feed: str, reason: str, right: str) -> None:
    (record,) = read(feed)
    assert record.problems[0].reason == reason
    assert right in record.problems[0].right


def test_namespaces_comments_and_instructions_do_not_matter() -> None:
    feed = (
        '<?xml-stylesheet href="a.css"?><x:listings xmlns:x="urn:x" xmlns="urn:y"><!-- a -->' + GOOD + "</x:listings>"
    )
    (record,) = read(feed.replace("Kokki", "Ko<!-- b -->k<?c d?>ki"))
    assert record.data is not None
    assert record.data.title == "Kokki & tarjoilija"
    assert read("<source><publisher>Saari</publisher></source>") == []
