"""The keys by which employers are blocked, and the forms of the rule as far as they can be read without services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from store import employers, settings, visibility
from store.accounts import Account
from store.cvs import Cv
from store.employers import Employer
from store.errors import NotFound
from store.visibility import Viewer

OLD, NEW = "the secret of last year, at least 32 long", "the secret of this year, at least 32 long"
FORMS = ("Oy", "Oyj", "Ab", "Abp", "Ky", "Ay", "Tmi", "T:mi", "Osk", "rf", "ry", "HB", "KB", "Ltd", "publ")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VAHTI_SECRET", NEW)
    monkeypatch.delenv("VAHTI_PREVIOUS_SECRET", raising=False)
    settings.get.cache_clear()
    yield
    settings.get.cache_clear()


def rotate(monkeypatch: pytest.MonkeyPatch, secret: str, before: str = "") -> None:
    monkeypatch.setenv("VAHTI_SECRET", secret)
    monkeypatch.setenv("VAHTI_PREVIOUS_SECRET", before)
    settings.get.cache_clear()


def a_cv(*blocked: str, visible: bool = True, consented: bool = True) -> Cv:
    return Cv(id=uuid4(), body={}, visible=visible, consented=consented, blocked=list(blocked))


@pytest.mark.parametrize("form", FORMS)
def test_a_legal_form_says_nothing(form: str) -> None:
    for written in (f"Nokia {form}", f"{form} Nokia", f"NOKIA {form.upper()}", f"nokia, {form}.", f"Nokia  {form}, "):
        assert visibility.name_key(written) == "name:nokia"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Nokia", "name:nokia"),
        ("Telia Company AB (publ)", "name:telia company"),
        ("Telia(publ)Company", "name:telia company"),
        ("Oy Ab Rederi Ltd", "name:rederi"),
        ("Oy", "name:oy"),
        ("Ab Oy", "name:ab oy"),
        ("Kone,Osat", "name:kone osat"),
        ("H&M Hennes", "name:h&m hennes"),
        ("Oyster", "name:oyster"),
        ("Abx Rex", "name:abx rex"),
        ("Åkeri Ä", "name:åkeri ä"),
    ],
)
def test_a_name_is_what_distinguishes_it(written: str, key: str) -> None:
    assert visibility.name_key(written) == key


@pytest.mark.parametrize(
    ("domain", "keys"),
    [
        ("nokia.example", ["domain:nokia.example"]),
        (
            " Mail.HR.Nokia.Example. ",
            ["domain:mail.hr.nokia.example", "domain:hr.nokia.example", "domain:nokia.example"],
        ),
        ("lines.ax", ["domain:lines.ax"]),
        ("localhost", []),
    ],
)
def test_a_domain_is_blocked_with_all_below_it(domain: str, keys: list[str]) -> None:
    assert visibility.domain_keys(domain) == keys


def test_an_employer_is_blocked_by_name_id_and_its_own_domains() -> None:
    bare = Employer(name="Nokia Oyj", business_id=None, domains=[])
    assert visibility.employer_keys(bare) == ["name:nokia"]
    whole = Employer(name="Nokia Oyj", business_id="fi:01120389", domains=["hr.nokia.example", "nokia.test"])
    assert visibility.employer_keys(whole) == [
        "name:nokia",
        "id:fi:01120389",
        "domain:hr.nokia.example",
        "domain:nokia.test",
    ]


def test_the_index_does_not_say_whom_somebody_avoids() -> None:
    facts = visibility.facts(a_cv("name:nokia", "id:fi:01120389", visible=False))
    assert (facts["visible"], facts["consented"]) == (False, True)
    assert len(set(facts["barred"])) == 2
    assert facts["barred"] == sorted(facts["barred"])
    assert all(len(digest) == 32 and set(digest) <= set("0123456789abcdef") for digest in facts["barred"])
    stored = visibility.of_stored_search(Viewer(True, frozenset({"name:nokia", "id:fi:01120389"})))
    assert stored == {"approved": True, "keys": facts["barred"]}
    assert visibility.facts(a_cv(consented=False)) == {"visible": True, "consented": False, "barred": []}


def holds(rule: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a document passes a filter of the shapes that the rule has, as OpenSearch reads it."""
    [(kind, said)] = rule.items()
    if kind == "bool":
        assert set(said) == {"filter", "must_not"}
        return all(holds(one, document) for one in said["filter"]) and not any(
            holds(one, document) for one in said["must_not"]
        )
    if kind == "match_none":
        return False
    [(field, wanted)] = said.items()
    if kind == "term":
        return bool(document[field] == wanted)
    assert kind == "terms"
    return bool(set(document[field]) & set(wanted))


KEYS = st.frozensets(
    st.sampled_from(["name:nokia", "id:fi:01120389", "domain:nokia.example", "name:telia"]), max_size=3
)


@given(KEYS, KEYS, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["never", "old"]))
def test_both_filters_say_the_rule(
    blocked: frozenset[str], keys: frozenset[str], visible: bool, consented: bool, approved: bool, rotated: str
) -> None:
    cv, viewer = a_cv(*blocked, visible=visible, consented=consented), Viewer(approved, keys)
    with pytest.MonkeyPatch.context() as patch:
        if rotated == "old":
            rotate(patch, OLD)
        facts, stored = visibility.facts(cv), visibility.of_stored_search(viewer)
        if rotated == "old":
            rotate(patch, NEW, OLD)
        wanted = approved and visible and consented and not blocked & keys
        assert holds(visibility.in_index(viewer), facts) == wanted
        assert holds(visibility.in_percolator(cv), stored) == wanted
    settings.get.cache_clear()


def test_whoever_has_no_employer_sees_nothing() -> None:
    nobody: Any = None  # no session is needed for it
    viewer = visibility.viewer(nobody, Account(employer_id=None, email="hr@nokia.example"))
    assert viewer == Viewer(False, frozenset())
    assert isinstance(viewer.keys, frozenset)
    assert visibility.in_index(viewer) == {"match_none": {}}
    with pytest.raises(FrozenInstanceError):
        viewer.approved = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("approval", "waits", "sees"), [("approved", False, True), ("approved", True, False), ("withdrawn", False, False)]
)
def test_a_viewer_is_known_by_all_of_the_group_and_by_the_own_address(
    monkeypatch: pytest.MonkeyPatch, approval: str, waits: bool, sees: bool
) -> None:
    nobody: Any = None
    sister = Employer(id=uuid4(), name="Sister Ab", business_id="se:5560360793", domains=[], approval="pending")
    own = Employer(id=uuid4(), name="Nokia Oyj", business_id=None, domains=["hr.nokia.example"], approval=approval)
    groups = {own.id: [sister, own]}
    monkeypatch.setattr(employers, "group", lambda session, employer_id: groups[employer_id])
    viewer = visibility.viewer(nobody, Account(employer_id=own.id, email="a@mail.agency.example", waits=waits))
    named = {"name:sister", "id:se:5560360793", "name:nokia", "domain:hr.nokia.example", "domain:nokia.example"}
    assert viewer == Viewer(sees, frozenset(named | {"domain:mail.agency.example", "domain:agency.example"}))
    assert isinstance(viewer.keys, frozenset)
    viewer = visibility.viewer(nobody, Account(employer_id=own.id, email=None, waits=waits))
    assert viewer == Viewer(sees, frozenset(named))


def test_whose_employer_is_gone_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Any = None
    others = [Employer(id=uuid4(), name="Nokia", domains=[], approval="approved")]
    monkeypatch.setattr(employers, "group", lambda session, employer_id: others)
    with pytest.raises(NotFound, match="the employer is gone"):
        visibility.viewer(nobody, Account(employer_id=uuid4(), email=None))


def test_a_cv_that_nobody_finds_is_told_to_nobody() -> None:
    assert visibility.in_percolator(a_cv(visible=False)) == {"match_none": {}}


def test_the_same_question_is_the_same_query() -> None:
    viewer = Viewer(True, frozenset({"name:a", "name:b", "name:c", "name:d"}))
    [barred] = visibility.in_index(viewer)["bool"]["must_not"]
    assert barred["terms"]["barred"] == sorted(barred["terms"]["barred"])
    [keys] = visibility.in_percolator(a_cv(*viewer.keys))["bool"]["must_not"]
    assert keys["terms"]["keys"] == barred["terms"]["barred"]
    rule = visibility.sql(viewer).compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    assert str(rule) == "cvs.visible AND cvs.consented AND NOT (cvs.blocked && %(blocked_1)s::TEXT[])"
    assert rule.params == {"blocked_1": ["name:a", "name:b", "name:c", "name:d"]}
    assert str(visibility.sql(Viewer(False, frozenset()))) == "false"
