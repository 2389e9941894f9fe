"""Any order of anything, for CVs: Hypothesis chooses who shows, hides, blocks or erases what, which work is done, half
done or done late, and what becomes of the index; after each step every recruiter searches, and a model of a few lines
says what each may find.

`INTERLEAVINGS=500 pytest --timeout 0 tests/integration/test_cv_interleavings.py` runs 500 examples instead of a few,
and makes one that fails as small as it can.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from indexer import rebuild, verify
from indexer.kinds import KINDS
from indexer.sync import NotWritten
from mappings import cv as cv_documents
from mappings.client import client
from mappings.indexes import MARK, alias
from matcher import cv_match, cv_search, suggested_candidates
from matcher.cv_search import CvFound, CvSearch
from matcher.outage import Outdated, SearchDown
from store import (
    accounts,
    blocks,
    clock,
    consents,
    cv_criteria,
    cvs,
    employers,
    entrances,
    finds,
    generations,
    owed,
    queues,
    relay,
    saved_searches,
)
from store.accounts import Account
from store.claims import claim, take_up
from store.cvs import Cv
from store.database import transaction
from store.employers import Employer
from store.errors import Conflict
from store.listings import Listing
from store.owed import Debt
from store.saved_searches import SavedSearch
from tests.conftest import TABLES, Services
from tests.integration import cv_indexes
from tests.integration.cv_indexes import Copy, Paused
from tests.integration.cv_model import (
    ADDRESSES,
    BLOCKS,
    DOMAINS,
    HIDEABLE,
    IDS,
    NAMES,
    PLACES_OF_WORDS,
    WORDS,
    Company,
    Person,
    Saved,
    sees,
)
from tests.making import publish

EXAMPLES, STEPS = int(os.environ.get("INTERLEAVINGS", "8")), 16
# To make a failing example smaller takes minutes, in which nothing is said.
SHORT, LONG = (Phase.reuse, Phase.generate), tuple(Phase)
PEOPLE = ("anna", "berit", "cecil")
BUILT = ("cvs", "searches")
WORK = ("sync_cv", "sync_search", "match_cv", "match_search", "build_generation", "drop_generation")
LEASE = timedelta(minutes=1)
MOST = 8  # saved searches
LATE = 5  # steps, before which the index is not lost: afterwards there is little to find
OCCUPATION = "isco-5120"
MARKED = re.compile("<mark>(.*?)</mark>")

who = st.sampled_from(PEOPLE)
which = st.sampled_from(sorted(NAMES))
said = st.fixed_dictionaries({path: st.sampled_from(WORDS) for path in PLACES_OF_WORDS})
# Something that changes who sees what: the name of the method, whom it is about, and what with.
CHANGES = st.one_of(
    st.tuples(st.just("show"), who, st.just(True)),
    st.tuples(st.just("show"), who, st.just(False)),
    st.tuples(st.just("edit"), who, said),
    st.tuples(st.just("hide_fields"), who, st.frozensets(st.sampled_from(HIDEABLE), max_size=2)),
    st.tuples(st.just("block"), who, st.sampled_from(sorted(BLOCKS))),
    st.tuples(st.just("consent"), who, st.booleans()),
    st.tuples(st.just("let_be_suggested"), who, st.booleans()),
    st.tuples(st.just("erase"), who, st.sampled_from(["cv", "account"])),
    st.tuples(st.just("approve"), which, st.booleans()),
    st.tuples(st.just("rename"), which, st.integers(0, 1)),
    st.tuples(st.just("regroup"), st.just("little"), st.booleans()),
)
Change = tuple[str, str, Any]
SYNCED = st.booleans()
UNSAYING = ("hide_fields", frozenset({"headline"}))
OVERTAKING = st.sampled_from(
    [
        ("show", False),
        ("consent", False),
        ("erase", "cv"),
        ("erase", "account"),
        UNSAYING,
        ("block", "ALPHA"),
        ("let_be_suggested", False),
    ]
)


class CvOrders(RuleBasedStateMachine):
    """The model beside the services: every change is made in both, and every answer is held against it."""

    clean: Services

    def __init__(self) -> None:
        super().__init__()
        reset()
        self.people = {name: Person() for name in PEOPLE}
        self.companies: dict[str, Company] = {}
        self.recruiters: dict[str, Account] = {}
        self.listings: dict[str, Listing] = {}
        self.saved: dict[int, Saved] = {}
        self.told: set[tuple[int, UUID]] = set()
        self.copies: list[Copy] = []
        self.known = {cv_indexes.live_index("cvs")}
        # Indexes that were restored: asked, they answer as the database would, or refuse. And those in disorder:
        # lost, or restored in the middle of their building.
        self.restored: set[str] = set()
        self.spoilt: set[str] = set()
        self.paused: list[Paused] = []
        self.now = 0
        self.step = 0

    @initialize(parent=st.booleans(), copied=st.booleans(), building=st.booleans())
    def begin(self, parent: bool, copied: bool, building: bool) -> None:
        """Three employers with a recruiter each, and two CVs in the index; perhaps a new one is being built."""
        for key, names in NAMES.items():
            with transaction() as session:
                employer = employers.named(session, names[0])
                address = f"{IDS[key].replace('-', '')}"
                employers.change(
                    session,
                    employer,
                    business_id=f"{'se' if len(address) == 10 else 'fi'}:{address}",
                    domains=[DOMAINS[key]],
                )
                employers.approve(session, employer)
                self.recruiters[key] = accounts.create(session, accounts.RECRUITER, ADDRESSES[key], employer=employer)
                self.listings[key] = publish(session, key, by=names[0], occupation=OCCUPATION, places=("fi-091",))
            self.companies[key] = Company(key, names[0])
        if parent:
            self.regroup("little", True)
        for name, word in (("anna", "zork"), ("berit", "blint")):
            self.consent(name, True)
            self.edit(name, dict.fromkeys(PLACES_OF_WORDS, word))
            self.show(name, True)
        for key in NAMES:
            self.save(key, None)
        self.perform_all("sync_search", "sync_cv", "match_cv", "match_search")
        if building:
            self.reindex("cvs")
            self.perform_all("build_generation", "build_generation")
        if copied:
            self.copy(cv_indexes.live_index("cvs"))

    # What people, employers and admins do.

    @rule(change=CHANGES, also=SYNCED)
    def change(self, change: Change, also: bool) -> None:
        """Something changes, and is synced at once, or is not."""
        name, subject, value = change
        getattr(self, name)(subject, value)
        if also:
            self.perform_all("sync_cv", "sync_search")

    @rule(key=which, word=st.sampled_from([None, *WORDS]))
    def save(self, key: str, word: str | None) -> None:
        if len(self.saved) < MOST:
            with transaction() as session:
                asked = cv_criteria.read({}, word or "")
                row = saved_searches.save(session, self.recruiters[key], "a search", asked)
                self.saved[row.id] = Saved(key, word, self.now)

    def show(self, name: str, visible: bool) -> None:
        with self.changing(name) as (session, person, cv):
            if cv is not None:
                cvs.show(session, cv, visible)
                person.visible = visible

    def edit(self, name: str, says: dict[str, str]) -> None:
        with self.changing(name) as (session, person, _):
            if person.account is None:
                account = accounts.create(session, accounts.PERSON, f"{name}@mail.example")
                self.people[name] = person = Person(account=account.id)
            assert person.account is not None
            cv, _ = cvs.save(session, person.account, body(says))
            person.cv, person.says = cv.id, says

    def hide_fields(self, name: str, hidden: frozenset[str]) -> None:
        with self.changing(name) as (session, person, cv):
            if cv is not None:
                cvs.hide_fields(session, cv, hidden)
                person.hidden = hidden

    def block(self, name: str, employer: str) -> None:
        """Block an employer, or, where it is, do so no longer."""
        with self.changing(name) as (session, person, cv):
            if cv is not None:
                wanted = person.blocked ^ {employer}
                cvs.block(session, cv, blocks.keys(session, sorted(wanted)))
                person.blocked = wanted

    def let_be_suggested(self, name: str, suggestible: bool) -> None:
        with self.changing(name) as (session, person, cv):
            if cv is not None:
                cvs.let_be_suggested(session, cv, suggestible)
                person.suggestible = suggestible

    def consent(self, name: str, given: bool) -> None:
        with self.changing(name) as (session, person, _):
            if person.account is None:
                account = accounts.create(session, accounts.PERSON, f"{name}@mail.example")
                self.people[name] = person = Person(account=account.id)
            assert person.account is not None
            if given:
                consents.give(session, person.account, consents.TERMS, "test")
            else:
                consents.withdraw(session, person.account, consents.TERMS)
            person.consented = given

    def erase(self, name: str, what: str) -> None:
        with self.changing(name) as (session, person, cv):
            if what == "account" and person.account is not None:
                session.delete(session.get_one(Account, person.account))
                self.people[name] = Person()
            elif cv is not None:
                cvs.delete(session, cv)
                self.people[name] = Person(account=person.account, consented=person.consented)

    def approve(self, key: str, approved: bool) -> None:
        with transaction() as session:
            employer = self.employer(session, key)
            (employers.approve if approved else employers.withdraw)(session, employer)
        self.companies[key].approved = approved

    def rename(self, key: str, number: int) -> None:
        with transaction() as session:
            employers.change(session, self.employer(session, key), name=NAMES[key][number])
        self.companies[key].name = NAMES[key][number]

    def regroup(self, key: str, joined: bool) -> None:
        with transaction() as session:
            parent = self.employer(session, "alpha").id if joined else None
            employers.change(session, self.employer(session, key), parent_id=parent)
        self.companies[key].parent = "alpha" if joined else None

    # What the machines do.

    @rule(number=st.integers(0, 30), names=st.sampled_from([(), ("sync_cv", "sync_search"), ("match_cv",), WORK]))
    def work(self, number: int, names: tuple[str, ...]) -> None:
        """One piece of work that is due, or all of some kinds."""
        due = waiting()
        if names:
            self.perform_all(*names)
        elif due:
            self.perform(*due[number % len(due)])

    @rule(names=st.sampled_from([("sync_cv",), ("sync_search",), ("match_cv", "match_search")]))
    def die(self, names: tuple[str, ...]) -> None:
        """A worker does all of its work, and dies before it can settle it."""

        def dead(*_: object) -> None:
            raise Died

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owed, "settle", dead)
            for name in names:
                with suppress(Died):
                    self.perform_all(name)

    @rule(change=CHANGES, where=st.sampled_from(["sync", "build", "swap", "match before", "match after"]), also=SYNCED)
    def work_meanwhile(self, change: Change, where: str, also: bool) -> None:
        """Something changes in the middle of a piece of work, and is synced at once, or is not."""

        def meanwhile() -> None:
            self.change(change, also)

        if where.startswith("match"):
            with cv_indexes.amid(cv_match, "percolate", meanwhile, before=where.endswith("before")):
                self.perform_all("match_cv", "match_search")
        elif where == "swap":
            # After the new index was proved, before it is read.
            with cv_indexes.amid(rebuild, "_swap", meanwhile, before=True):
                self.rebuild()
        else:
            with cv_indexes.before_write(meanwhile):
                self.perform_all("sync_cv" if where == "sync" else "build_generation")

    @rule(forgotten=st.booleans())
    def delay(self, forgotten: bool) -> None:
        """A worker reads what it is to write, and pauses; or one that did so earlier writes it now. `forgotten` says
        that OpenSearch does not know any more what was deleted."""
        if self.paused:
            self.wake(forgotten)
        else:
            self.pause()

    @rule(name=who, says=said, change=OVERTAKING, forgotten=st.booleans())
    def overtaken(self, name: str, says: dict[str, str], change: tuple[str, Any], forgotten: bool) -> None:
        """A worker pauses with a CV that is shown, and writes it after somebody else wrote what became of it."""
        while self.paused:
            self.wake(False)
        self.appear(name, says)
        self.hide_fields(name, frozenset({"summary"}) - self.people[name].hidden)
        self.pause()
        getattr(self, change[0])(name, change[1])
        self.perform_all("sync_cv")
        self.wake(forgotten)

    @rule(name=who, says=said, employer=st.sampled_from(sorted(BLOCKS)), key=which)
    def block_for_a_while(self, name: str, says: dict[str, str], employer: str, key: str) -> None:
        """Somebody who was there when a search was saved is new to whoever they blocked and do not block any more."""
        self.appear(name, says)
        self.save(key, None)
        for _ in ("blocked", "and not any more"):
            self.block(name, employer)
            self.perform_all("sync_cv", "sync_search", "match_search", "match_cv")

    @rule(name=who, key=which, word=st.sampled_from(WORDS[1:]), change=OVERTAKING | st.just(UNSAYING))
    def match_overtaken(self, name: str, key: str, word: str, change: tuple[str, Any]) -> None:
        """What a percolation found is true no more when it is entered."""
        self.save(key, word)
        self.perform_all("sync_search", "match_search", "match_cv")
        self.appear(name, {path: word if path == "headline" else WORDS[0] for path in PLACES_OF_WORDS})
        with cv_indexes.amid(cv_match, "percolate", lambda: getattr(self, change[0])(name, change[1]), before=False):
            self.perform_all("match_cv")

    # What operators do, and what befalls the index.

    @rule(what=st.sampled_from(["begin", "begin searches", "turn", "turn", "finish", "drop"]))
    def operate(self, what: str) -> None:
        """A new index is begun, taken further or finished; the grace of the one that it replaced is over."""
        if what == "drop":
            clock.set_ahead(clock.ahead() + timedelta(minutes=11))
            self.perform_all("drop_generation")
        elif what == "turn":
            self.perform_all("build_generation")
        elif what == "finish":
            self.rebuild()
        else:
            self.reindex("searches" if what == "begin searches" else "cvs")

    @rule(changes=st.lists(CHANGES, min_size=1, max_size=3), also=SYNCED)
    def rebuild_amid(self, changes: list[Change], also: bool) -> None:
        """A new index is built from beginning to end, while something changes after each turn."""
        self.reindex("cvs")
        for change in changes:
            self.perform_all("build_generation")
            self.change(change, also)
        self.rebuild()

    @rule(what=st.sampled_from(["queue", "copy", "restore", "lose"]), number=st.integers(0, 3))
    def mishap(self, what: str, number: int) -> None:
        """The queue is lost, or the index; or an old copy of an index takes its place."""
        written = [name for name in cv_indexes.written("cvs") if cv_indexes.exists(name)]
        copies = [one for one in self.copies if one.index in written]
        if what == "queue":
            relay.hand_out()
            queues.redis().flushdb()
        elif what == "restore" and copies:
            self.put_back(copies[number % len(copies)])
        elif what == "lose" and self.step > LATE and (live := cv_indexes.live_index("cvs")) in written:
            self.spoilt.add(live)
            cv_indexes.lose(live)
        elif written:
            self.copy(written[number % len(written)])

    @rule(name=who, says=said, change=OVERTAKING, changes=st.lists(CHANGES, max_size=3))
    def restore_after(self, name: str, says: dict[str, str], change: tuple[str, Any], changes: list[Change]) -> None:
        """An old copy of the index lacks what was written last; and it is written to again."""
        live = cv_indexes.live_index("cvs")
        if cv_indexes.exists(live):
            for _ in ("whoever it is about", "somebody else"):
                self.appear(name, says)
                name = PEOPLE[PEOPLE.index(name) - 1]
            self.copy(live)
            getattr(self, change[0])(name, change[1])
            self.perform_all("sync_cv")
            self.put_back(self.copies[-1])
            for one in changes:
                self.change(one, True)

    def appear(self, name: str, says: dict[str, str]) -> None:
        self.consent(name, True)
        self.edit(name, says)
        self.show(name, True)
        self.perform_all("sync_cv")

    def reindex(self, kind: str) -> None:
        with suppress(Conflict), transaction() as session:
            rebuild.begin(session, kind)

    def rebuild(self) -> None:
        """To the end of what was begun."""
        for _ in range(8):
            self.perform_all("build_generation")

    def copy(self, index: str) -> None:
        self.copies = [*self.copies[-2:], Copy(index, cv_indexes.documents(index))]

    def put_back(self, copy: Copy) -> None:
        (self.restored if copy.index == cv_indexes.live_index("cvs") else self.spoilt).add(copy.index)
        cv_indexes.restore(copy)

    def pause(self) -> None:
        debts = [debt for job, subject in waiting() if job == "sync_cv" for debt in taken(job, subject)]
        if debts:
            self.paused.append(Paused(debts))

    def wake(self, forgotten: bool) -> None:
        if forgotten:
            cv_indexes.forget_deletions(cv_indexes.written("cvs"))
        if self.paused:
            with self.forgiving():
                self.paused.pop(0).wake()

    # What must hold after each step.

    @invariant()
    def nothing_hidden_is_revealed(self) -> None:
        self.step += 1
        self.known |= set(cv_indexes.written("cvs"))
        debts = standing()
        waits = {UUID(subject) for job, subject in debts if job == "sync_cv"}
        # A build is right the first time, whatever happens meanwhile: to write again what differs would hide a fault.
        faulty = rows("SELECT index_name FROM generations WHERE differences > 0")
        assert {name for (name,) in faulty} <= self.restored | self.spoilt
        for number, key in enumerate(self.companies):
            seen = self.seen(key)
            found = {cv: one for cv, one in seen.items() if cv not in waits}
            self.look_for_all(key, found)
            if number == self.step % len(self.companies):  # by turns, as it takes its time
                self.look_for_words(key, found, set(WORDS))
                self.look_for_words(key, found, {WORDS[self.step % len(WORDS)]})
                self.look_for_similar(key, seen, found)
                self.look_for_candidates(key, found)
            self.look_at_finds(key, seen)
        if not {job for job, _ in debts} & {"sync_search", "match_search", "match_cv"}:
            missed = self.wanted() - self.told
            assert not missed, f"{missed} were never told: {self.people}, {self.saved}"

    def seen(self, key: str) -> dict[UUID, Person]:
        """Whom the recruiter of this company may see."""
        return {one.cv: one for one in self.people.values() if one.cv and sees(self.companies, key, one)}

    def wanted(self) -> set[tuple[int, UUID]]:
        """Which searches must have told of whom, once all work is done."""
        return {
            (number, one.cv)
            for number, saved in self.saved.items()
            for one in self.people.values()
            if one.cv and sees(self.companies, saved.company, one) and saved.wants(one) and one.shown > saved.since
        }

    def look_for_all(self, key: str, found: dict[UUID, Person]) -> None:
        """Page by page; the facets add up, and whoever is shown is told so."""
        asked = {"size": 2, "facets": True}
        answer = self.ask(key, "", **asked)
        hits: list[UUID] = []
        while answer is not None:
            ids = [hit.cv.id for hit in answer.hits]
            hits += ids
            assert answer.total == len(found), f"{key}: {answer.total} instead of {found}"
            counted = {name: {one.value: one.count for one in facet} for name, facet in answer.facets.items()}
            assert counted["skill"] == Counter(word for one in found.values() for word in one.skills())
            assert counted["language"] == ({"en": len(found)} if found else {})
            placed = sum(1 for one in found.values() if not one.hides("places"))
            assert counted["place"].get("fi-091", 0) == placed
            logged = rows("SELECT cv_id FROM access_log WHERE search_id = :number", number=answer.number)
            assert {one for (one,) in logged} == set(ids)
            if answer.next is None:
                assert sorted(hits) == sorted(found), f"{key}: {hits} instead of {found}"
                return
            answer = self.ask(key, "", after=answer.next, **asked)

    def look_for_words(self, key: str, found: dict[UUID, Person], words: set[str]) -> None:
        """With why and highlights: which words each CV has, and no others beside them."""
        answer = self.ask(key, " OR ".join(sorted(words)), size=10)
        if answer is None:
            return
        wanted = {cv: one.words() & words for cv, one in found.items() if one.words() & words}
        assert {hit.cv.id: set(hit.why) for hit in answer.hits} == wanted, key
        assert answer.total == len(wanted)
        for hit in answer.hits:
            marked = {one for texts in hit.highlights.values() for said in texts for one in MARKED.findall(said)}
            assert marked  # of many, the first few
            assert marked <= wanted[hit.cv.id]
            shown = {one for one in WORDS for texts in hit.highlights.values() if one in " ".join(texts)}
            assert shown <= found[hit.cv.id].words()

    def look_for_similar(self, key: str, seen: dict[UUID, Person], found: dict[UUID, Person]) -> None:
        if seen:
            number = sorted(seen)[self.step % len(seen)]
            try:
                with transaction() as session:
                    cv = session.get_one(Cv, number)
                    hits = cv_search.similar(session, self.recruiters[key], cv, 10, "en")
            except SearchDown as error:
                self.excuse(error)
                return
            assert {hit.cv.id for hit in hits} <= set(found) - {number}, key

    def look_for_candidates(self, key: str, found: dict[UUID, Person]) -> None:
        """For a listing: who lets themselves be suggested, in an order that depends on nobody else, and is told so."""
        try:
            with transaction() as session:
                entrance = entrances.enter(session, self.recruiters[key].id)
                answer = suggested_candidates.suggest(session, entrance, self.listings[key], 10)
        except SearchDown as error:
            self.excuse(error)
            return
        placed = {cv: not one.hides("places") for cv, one in found.items() if one.suggestible}
        ids = [one.cv.id for one in answer.candidates]
        assert ids == sorted(placed, key=lambda cv: (placed[cv], cv), reverse=True), key
        assert answer.total == len(placed)
        logged = rows("SELECT cv_id FROM access_log WHERE search_id = (SELECT max(id) FROM searches)")
        assert {one for (one,) in logged} == set(ids)

    def look_at_finds(self, key: str, seen: dict[UUID, Person]) -> None:
        """What a saved search tells is new, wanted and seen at that moment; what it told is shown while it is seen."""
        for number, saved in self.saved.items():
            if saved.company != key:
                continue
            told = {cv for (cv,) in rows("SELECT cv_id FROM finds WHERE saved_search_id = :number", number=number)}
            for cv in told - {cv for search, cv in self.told if search == number}:
                assert cv in seen, f"{key} was told of somebody hidden: {self.people}"
                assert saved.wants(seen[cv]), f"{saved} was told of {seen[cv]}"
                assert seen[cv].touched > saved.since, f"{saved} was told of {seen[cv]}, who was there"
            self.told |= {(number, cv) for cv in told}
            with transaction() as session:
                row = session.get_one(SavedSearch, number)
                assert {cv.id for cv, _ in finds.of(session, row)} == told & set(seen)

    def ask(self, key: str, words: str, **options: Any) -> CvFound | None:
        """What a recruiter finds; None where the index cannot be asked, which must have a reason."""
        try:
            with transaction() as session:
                return cv_search.find(session, self.recruiters[key], CvSearch(cv_criteria.read({}, words), **options))
        except SearchDown as error:
            self.excuse(error)
            return None

    def excuse(self, error: SearchDown) -> None:
        """Go on if there is a reason why the index that is read cannot be asked."""
        live = cv_indexes.live_index("cvs")
        if live not in self.spoilt and not (live in self.restored and isinstance(error, Outdated)):
            raise error

    # The model and the work.

    @contextmanager
    def changing(self, name: str) -> Iterator[tuple[Any, Person, Cv | None]]:
        """A transaction with the person and their CV; the model takes note if they can be found anew after it."""
        before = self.people[name]
        old = (before.findable, before.says, before.hidden, before.blocked)
        with transaction() as session:
            cv = cvs.of(session, before.account, lock=True) if before.account and before.cv else None
            yield session, before, cv
        self.now += 1
        person = self.people[name]
        if not person.findable:
            return
        anew = not old[0] or (person.says, person.hidden) != old[1:3]
        if anew or person.blocked != old[3]:
            person.touched = self.now
        if anew or old[3] - person.blocked:
            person.shown = self.now

    def employer(self, session: Any, key: str) -> Employer:
        employer_id = self.recruiters[key].employer_id
        assert employer_id is not None
        return employers.get(session, employer_id)

    def perform_all(self, *names: str) -> None:
        """All that is due of these jobs, one job after the other."""
        for name in names:
            self.perform(name, *[subject for job, subject in waiting() if job == name])

    def perform(self, job: str, *subjects: str) -> None:
        """As a worker does; a failure is one of the test, unless an index is not there."""
        debts = taken(job, *subjects)
        with self.forgiving():
            for start in range(0, len(debts), owed.jobs()[job].batch):
                owed.jobs()[job].work(debts[start : start + owed.jobs()[job].batch])
        if job.startswith("match"):
            for key in self.companies:
                self.look_at_finds(key, self.seen(key))

    @contextmanager
    def forgiving(self) -> Iterator[None]:
        try:
            yield
        except NotWritten:
            if all(cv_indexes.exists(name) for name in self.known):
                raise

    def teardown(self) -> None:
        """Do all there is to do, with a new index where it needs one: then the index is the projection of the database,
        and nobody was told of too few."""
        while self.paused:
            with self.forgiving():
                self.paused.pop(0).wake()
        if sys.exc_info()[0] is not None:
            return  # it failed before
        self.copies = []
        for _ in range(30):
            clock.set_ahead(clock.ahead() + timedelta(minutes=2))  # every lease is over
            if cv_indexes.live_index("cvs") in self.restored | self.spoilt:
                self.reindex(kind="cvs")
            for name in WORK:
                with transaction() as session:
                    debts = claim(session, {name: 100}, LEASE)
                if debts:
                    with self.forgiving():
                        owed.jobs()[name].work(debts)
            if not rows("SELECT 1 FROM owed WHERE job = ANY(:names)", names=list(WORK)):
                break
        else:
            raise AssertionError(f"it is never done: {standing()}")
        self.nothing_hidden_is_revealed()
        for kind in BUILT:
            [live] = client().indices.get_alias(name=alias(kind))
            assert live == cv_indexes.live_index(kind)
            assert live not in self.restored | self.spoilt
            assert verify.differences(KINDS[kind], live) == []
        self.look_into_the_index()

    def look_into_the_index(self) -> None:
        """Each document is that of its row, or says nothing."""
        with transaction() as session:
            written = {str(row.id): cv_documents.document(row) for row in session.query(Cv) if row.findable}
        held = {one: source for one, _, source in cv_indexes.documents(cv_indexes.live_index("cvs"))}
        tombstones = {one for one, source in held.items() if source == {"visible": False}}
        assert {one: source for one, source in held.items() if one not in tombstones} == written
        assert MARK in tombstones or not written


class Died(BaseException):
    """A worker is no more."""


def body(says: dict[str, str]) -> dict[str, Any]:
    return {
        "language": "en",
        "headline": says["headline"],
        "summary": says["summary"],
        "skills": [says["skills"]],
        "experience": [{"employer": says["experience.employer"]}],
        "places": ["fi-091"],
        "occupations": [OCCUPATION],
    }


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def standing() -> list[tuple[Any, ...]]:
    return rows("SELECT job, subject_id FROM owed ORDER BY job, subject_id")


def waiting() -> list[tuple[str, str]]:
    """What is due, whoever may have had it in hand."""
    found = rows(
        "SELECT job, subject_id FROM owed WHERE due_at <= :now AND job = ANY(:names) ORDER BY job, subject_id",
        now=clock.now(),
        names=list(WORK),
    )
    return [(job, subject) for job, subject in found]


def taken(job: str, *subjects: str) -> list[Debt]:
    with transaction() as session:
        return take_up(session, job, subjects, LEASE) if subjects else []


def reset() -> None:
    """As the fixture does before each test; what became of the indexes in the example before is made good."""
    clock.set_ahead(timedelta(0))
    with transaction() as session:
        session.execute(text(f"TRUNCATE {TABLES} CASCADE"))
        session.execute(text("UPDATE generations SET mark = 0"))
    queues.redis().flushdb()
    for kind in BUILT:
        asked = "SELECT state, index_name FROM generations WHERE kind = :kind AND state NOT IN ('dropped', 'failed')"
        states = rows(asked, kind=kind)
        if [state for state, _ in states] != ["live"] or not cv_indexes.exists(states[0][1]):
            cv_indexes.begin_anew([kind])
            continue
        client().indices.refresh(index=alias(kind))
        client().delete_by_query(
            index=alias(kind), body={"query": {"match_all": {}}}, params={"refresh": "true", "conflicts": "proceed"}
        )


@pytest.mark.timeout(600)
@pytest.mark.invariant(1, 2, 3, 4, 5)
@pytest.mark.promise("A3", "A8", "R2", "R4")
def test_in_any_order_nothing_hidden_is_revealed(clean: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "PAGE", 1)
    monkeypatch.setattr(rebuild, "TURN", 0.001)
    assert set(generations.KINDS) >= set(BUILT)
    with cv_indexes.interruptible():
        run_state_machine_as_test(
            type("CvOrders", (CvOrders,), {"clean": clean}),
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                phases=LONG if "INTERLEAVINGS" in os.environ else SHORT,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
