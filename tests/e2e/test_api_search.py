"""The job search over HTTP: what is found, counted, marked, explained and paged, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.search_view import FoundSchema
from store import clock, database
from tests.e2e.conftest import Api, listing, problems

Publish = Callable[..., str]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [hit["id"] for hit in answer.json["hits"]]


@pytest.fixture
def jobs(published: Publish) -> dict[str, str]:
    """A few listings by a short name."""
    return {
        "nurse": published(
            "nurse",
            occupation="isco-2221",
            salary={"min": 3200, "max": 3500, "currency": "EUR", "period": "month"},
            description="<p>Etsimme sairaanhoitajaa, joka tekee yövuoroja &amp; viihtyy.</p>",
        ),
        "cook": published(
            "cook",
            title="Kock till restaurang",
            language="sv",
            description="<p>Vi söker en kock med erfarenhet av sjukvård.</p>",
            employer="Köket, Norr & Söder AB",
            places=["se-0180"],
            employment=["part_time", "temporary"],
        ),
        "developer": published(
            "developer",
            title="Senior C++ developer",
            language="en",
            description="<p>We build software. Nurses need not apply &lt;script&gt;.</p>",
            places=[],
            remote=True,
            employment=["permanent"],
        ),
    }


@pytest.mark.promise("L2")
def test_everything_and_each_criterion(api: Api, jobs: dict[str, str]) -> None:
    assert set(ids(api.get("/listings"))) == set(jobs.values())
    for query, found in [
        ({"text": "sairaanhoitajaa"}, ["nurse", "developer"]),
        ({"text": "sairaanhoitajaa", "expand": "0"}, ["nurse"]),
        ({"text": '"tekee yövuoroja"'}, ["nurse"]),
        ({"text": "kock -sjukvård"}, []),
        ({"text": "c++"}, ["developer"]),
        ({"exclude": "software", "language": "en"}, []),
        ({"place": "fi-r06"}, ["nurse"]),
        ({"place": "fi,se-01"}, ["nurse", "cook"]),
        ({"place": ["fi", "se"]}, ["nurse", "cook"]),
        ({"near": "fi-536", "km": "20"}, ["nurse"]),  # Nokia is 15 km from Tampere
        ({"near": "fi-091", "km": "100"}, []),
        ({"near": "fi-091", "km": "200", "text": "sairaanhoitaja"}, ["nurse"]),
        ({"occupation": "isco-22"}, ["nurse"]),
        ({"employment": "part_time"}, ["cook"]),
        ({"employment": "part_time,permanent"}, ["cook", "developer"]),
        ({"remote": "1"}, ["developer"]),
        ({"remote": "0"}, ["nurse", "cook", "developer"]),
        ({"salary_min": "3400"}, ["nurse"]),
        ({"salary_min": "3600"}, []),
        ({"salary_min": "3400", "salary_currency": "SEK"}, []),
        ({"language": "sv"}, ["cook"]),
        ({"employer": "köket, norr & söder ab"}, ["cook"]),
        ({"text": "kock", "place": "fi"}, []),
        ({"text": "kokki"}, ["cook"]),
        ({"text": "kokki", "expand": "0"}, []),
        ({"text": "tukholma"}, ["cook"]),
    ]:
        answer = api.get("/listings", **query)  # type: ignore[arg-type]
        assert set(ids(answer)) == {jobs[name] for name in found}, query
        assert answer.json["total"] == len(found), query


@pytest.mark.promise("L2")
def test_facets_count_what_was_found(api: Api, jobs: dict[str, str]) -> None:
    facets = api.get("/listings", facets=1, lang="sv").json["facets"]
    counts = {name: {one["value"]: (one["label"], one["count"]) for one in values} for name, values in facets.items()}
    assert counts["place"]["fi-837"] == ("Tammerfors", 1)
    assert counts["place"]["fi-r06"] == ("Birkaland", 1)
    assert counts["place"]["se-01"][1] == 1
    assert counts["occupation"]["isco-2221"][1] == counts["occupation"]["isco-2"][1] == 1
    assert counts["employment"]["full_time"] == ("heltid", 1)
    assert counts["remote"]["true"][1] == 1
    assert counts["salary_min"]["3500"] == ("minst 3\xa0500\xa0€/mån", 1)
    assert set(counts["salary_min"]) == {str(amount) for amount in range(500, 3501, 500)}
    assert counts["language"]["sv"] == ("svenska", 1)
    assert counts["employer"]["köket, norr & söder ab"] == ("Köket, Norr & Söder AB", 1)
    assert [one["count"] for one in facets["place"]] == sorted((one["count"] for one in facets["place"]), reverse=True)
    assert "facets" not in api.get("/listings").json
    assert api.get("/listings", facets=1, salary_currency="SEK").json["facets"]["salary_min"] == []
    for name, values in facets.items():
        for one in values:
            assert api.get("/listings", **{name: one["value"]}).json["total"] == one["count"], (name, one)


def test_an_answer_is_what_its_schema_describes(api: Api, jobs: dict[str, str]) -> None:
    """It is written without the schema, which would take as long as the database does."""
    described = FoundSchema()
    for asked in ({"facets": "1"}, {"text": "sairaanhoitaja", "size": "1"}, {"text": "sairanhoitaja"}, {"text": "xqz"}):
        answer = api.get("/listings", **asked).json
        assert described.dump(described.load(answer)) == answer


@pytest.mark.promise("L2", "W4")
def test_marks_and_reasons(api: Api, jobs: dict[str, str]) -> None:
    (hit,) = api.get("/listings", text="sairaanhoitaja yövuoro", place="fi-r06", lang="en").json["hits"]
    assert hit["highlights"]["title"] == "<mark>Sairaanhoitaja</mark>"
    (fragment,) = hit["highlights"]["description"]
    assert "<mark>sairaanhoitajaa</mark>" in fragment
    assert "<mark>yövuoroja</mark> &amp; viihtyy" in fragment
    assert hit["why"] == ["sairaanhoitaja", "yövuoro", "Pirkanmaa"]
    (hit,) = api.get("/listings", text="nurses", language="en").json["hits"]
    assert hit["highlights"]["title"] is None
    assert hit["why"] == ["nurses", "in English"]
    assert hit["highlights"]["description"] == ["We build software. <mark>Nurses</mark> need not apply &lt;script&gt;."]
    (hit,) = api.get("/listings", text="kokki tukholma", lang="fi").json["hits"]
    assert hit["highlights"]["title"] == "<mark>Kock</mark> till restaurang"
    assert hit["why"] == ["kokki → Kock", "tukholma"]
    (hit,) = api.get("/listings", place="se").json["hits"]
    assert hit["highlights"] == {"title": None, "description": []}
    assert hit["title"] == "Kock till restaurang"
    assert hit["labels"]["employment"] == ["part-time", "temporary"]


def test_marks_of_an_older_version_are_not_shown(api: Api, employer: Api, jobs: dict[str, str]) -> None:
    """What the index holds of a corrected listing is neither shown nor marked before the index follows."""
    employer.put("/listings/nurse", listing(title="Kätilö", description="<p>Uusi teksti.</p>"))
    (hit,) = api.get("/listings", text="sairaanhoitaja", language="fi").json["hits"]
    assert hit["title"] == "Kätilö"
    assert hit["highlights"] == {"title": None, "description": []}


@pytest.mark.promise("L2")
def test_a_word_in_the_title_comes_first(api: Api, published: Publish) -> None:
    text = published("a-1", title="Osastolle", description="<p>Kokki, kokki ja vielä kerran kokki.</p>")
    clock.set_ahead(clock.ahead() + timedelta(days=1))
    title = published("a-2", title="Kokki", description="<p>Ruokaa.</p>", published_at="2026-01-01")
    assert ids(api.get("/listings", text="kokki")) == [title, text]
    assert ids(api.get("/listings", text="kokki", sort="newest")) == [text, title]


@pytest.mark.promise("L2")
@pytest.mark.parametrize("sort", ["relevance", "newest", "deadline"])
def test_pages_go_on_whatever_is_published_meanwhile(api: Api, employer: Api, published: Publish, sort: str) -> None:
    expected = set()
    for number in range(11):
        deadline = (clock.now() + timedelta(days=number // 3 + 1)).isoformat() if number % 4 else None
        employer.put(f"/listings/a-{number}", listing(title=f"Kokki {number}", deadline=deadline))
    expected.add(published("a-11", title="Kokki 11"))
    first = api.get("/listings", text="kokki", sort=sort, size=4)
    assert first.json["total"] == 12
    seen = ids(first)
    published("b-1", title="Kokki meanwhile")
    following = first.json["next"]
    while following:
        answer = api.get("/listings", text="kokki", sort=sort, size=4, page=following)
        seen += ids(answer)
        following = answer.json["next"]
    assert len(set(seen)) == len(seen)
    numbered = [api.get("/listings", text="kokki", sort=sort, size=5, page=page) for page in (1, 2, 3, 4)]
    everything = [one for answer in numbered for one in ids(answer)]
    assert len(everything) == len(set(everything)) == 13
    assert [one for one in everything if one in seen] == seen
    assert set(everything) - set(seen) <= {everything[0], *everything} - expected
    assert len(seen) >= 12
    if sort == "deadline":
        deadlines = [hit["deadline"] for answer in numbered for hit in answer.json["hits"]]
        assert deadlines == sorted(deadlines, key=lambda one: (one is None, one))


@pytest.mark.invariant(5)
def test_what_closed_is_gone_at_once_from_hits_counts_and_facets(api: Api, employer: Api, jobs: dict[str, str]) -> None:
    """The index is not told before `work`; nobody can see that."""
    employer.delete("/listings/cook")
    answer = api.get("/listings", facets=1).json
    assert answer["total"] == 2
    assert jobs["cook"] not in {hit["id"] for hit in answer["hits"]}
    assert {one["value"] for one in answer["facets"]["language"]} == {"fi", "en"}
    assert api.post("/alerts/preview", {"criteria": {"text": "kock"}}).json["open"] == 0
    assert api.get("/listings", text="kock", facets=1).json["total"] == 0


@pytest.mark.invariant(5)
def test_a_deadline_takes_effect_by_itself(api: Api, published: Publish) -> None:
    published("a-1", deadline=(clock.now() + timedelta(hours=1)).isoformat())
    assert api.get("/listings").json["total"] == 1
    clock.set_ahead(timedelta(hours=2))
    assert api.get("/listings").json == {"total": 0, "hits": [], "next": None}


@pytest.mark.parametrize(
    ("query", "field", "reason", "right"),
    [
        ({"place": "fi-999"}, "place", "not a known value", "fi-091"),
        ({"place": "fi-091,Turku"}, "place", "not a known value", "fi-091"),
        ({"near": "fi-r06", "km": "30"}, "near", "not a municipality", "fi-837"),
        ({"near": "fi-837"}, "km", "not a distance", "1 to 300"),
        ({"km": "30"}, "near", "not a municipality", "fi-837"),
        ({"near": "fi-837", "km": "301"}, "km", "not a distance", "1 to 300"),
        ({"occupation": "nurse"}, "occupation", "not a known value", "isco-2512"),
        ({"employment": "forever"}, "employment", "not a known value", "full_time"),
        ({"remote": "maybe"}, "remote", "neither yes nor no", "1 or 0"),
        ({"facets": ""}, "facets", "neither yes nor no", "1 or 0"),
        ({"salary_min": "much"}, "salary_min", "not a monthly salary", "EUR"),
        ({"salary_min": "nan"}, "salary_min", "not a monthly salary", "EUR"),
        ({"salary_min": "1e999"}, "salary_min", "not a monthly salary", "EUR"),
        ({"salary_currency": "GBP"}, "salary_currency", "not a known currency", "EUR, USD"),
        ({"language": "no"}, "language", "not a known value", "fi, sv, en"),
        ({"text": "x" * 301}, "text", "too long", "300"),
        ({"text": "kokki", "exclude": "kokki"}, "exclude", "excludes what", "other words"),
        ({"sort": "salary"}, "sort", "not known", "relevance, newest, deadline"),
        ({"size": "0"}, "size", "not a number from 1 to 100", "from 1 to 100"),
        ({"size": "101"}, "size", "not a number from 1 to 100", "from 1 to 100"),
        ({"size": "many"}, "size", "not a number from 1 to 100", "from 1 to 100"),
        ({"page": "0"}, "page", "is 0", "1"),
        ({"page": "501"}, "page", "10,000", "next"),
        ({"page": "-1"}, "page", "neither a number", "next"),
        ({"page": "x" * 50}, "page", "neither a number", "next"),
        ({"lang": "no"}, "lang", "not known", "fi, sv, en"),
        ({"ocupation": "isco-22"}, "ocupation", "not a known field", "occupation"),
    ],
)
def test_what_is_wrong_is_named(api: Api, query: dict[str, str], field: str, reason: str, right: str) -> None:
    found = problems(api.get("/listings", **query))
    assert list(found) == [field]
    assert reason in found[field][0]
    assert right in found[field][1]


def test_next_belongs_to_its_order(api: Api, jobs: dict[str, str]) -> None:
    following = api.get("/listings", size=1).json["next"]
    found = problems(api.get("/listings", size=1, sort="deadline", page=following))
    assert found["page"] == ("continues an answer in another order", "sort=newest")


@pytest.mark.invariant(9)
def test_a_search_writes_nothing(api: Api, jobs: dict[str, str]) -> None:
    with database.engine().connect() as connection:
        before = connection.exec_driver_sql("SELECT last_value FROM change").scalar_one()
        ids(api.get("/listings", text="kokki", facets=1))
        assert connection.exec_driver_sql("SELECT last_value FROM change").scalar_one() == before


@pytest.mark.promise("L2")
def test_help_with_spelling(api: Api, jobs: dict[str, str]) -> None:
    answer = api.get("/listings", text="Sairanhoitaja -kokki", place="fi-r06").json
    assert (answer["total"], answer["hits"], answer["next"]) == (0, [], None)
    assert answer["did_you_mean"] == "sairaanhoitaja -kokki"
    assert ids(api.get("/listings", text=answer["did_you_mean"], place="fi-r06")) == [jobs["nurse"]]
    assert "did_you_mean" not in api.get("/listings", text="sairaanhoitaja").json
    assert "did_you_mean" not in api.get("/listings", text="Sairanhoitaja", place="se").json
