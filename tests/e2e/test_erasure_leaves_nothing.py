"""After an erasure the person's words are in no file, no queue, no mail and no row: looked for byte by byte.

Each place is searched before by the same means, so that a search which finds nothing is one that could have found.
"""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from indexer.expunge import expunge
from mappings.client import client
from stack.postgres import find_postgres
from stack.privileges import unprivileged
from store import clock, employers, queues, tokens
from store.database import transaction
from tests import making
from tests.conftest import Services
from tests.e2e.conftest import Api
from tests.e2e.test_api_erasures import complete
from tests.integration.test_cv_search import DEVELOPER
from tests.integration.test_cv_search import person as somebody

Work = Callable[[], int]

# Numbers, which no stemmer shortens, and which are nobody's. Each begins otherwise: dictionaries share beginnings.
SHOWN = ("71480362915", "72590473826", "73612584937", "74712695048", "75823706159", "76934817260", "78045928371")
HEADLINE, SUMMARY, TITLE, TASKS, SCHOOL, SKILL, WISH = SHOWN
UNSHOWN = ("79156039482", "70267140593", "61378251604", "62489362715", "63598473821", "64607584932")
EMPLOYER, FIELD, REFEREE, PHONE, STREET, IDENTITY = UNSHOWN
WORDS = (*SHOWN, *UNSHOWN)
MAIL = "ainutkertainen.osoite@mail.example"

CV: dict[str, Any] = {
    "headline": f"Sairaanhoitaja {HEADLINE}",
    "summary": f"Kokenut hoitaja {SUMMARY}.",
    "language": "fi",
    "experience": [
        {"title": f"Hoitaja {TITLE}", "employer": f"Sairaala {EMPLOYER}", "description": f"Vuorot {TASKS}."}
    ],
    "education": [{"title": "Sairaanhoitaja (AMK)", "school": f"Opisto {SCHOOL}", "field": f"Ala {FIELD}"}],
    "skills": [f"Ensihoito {SKILL}"],
    "places": ["fi-837"],
    "occupations": ["isco-2221"],
    "wishes": {"text": f"Vuorotyö {WISH}"},
    "contact": {"name": "Aino", "phone": f"+{PHONE}", "address": f"Katu {STREET}"},
    "references": [{"name": f"Reijo {REFEREE}", "consent": True}],
    "self_stated": {"ethnicity": f"saamelainen {IDENTITY}"},
}
HIDDEN = ["experience.employer", "education.field"]


class Places:
    """Where words are looked for: the whole data directory but the database's, the database as a dump, and Redis."""

    def __init__(self, services: Services, names: list[str]) -> None:
        self._services, self._names = services, [name.encode() for name in names]
        (node,) = client().nodes.stats(metric="fs")["nodes"].values()
        self.index_files = Path(node["fs"]["data"][0]["path"])
        assert self.index_files.is_relative_to(services.stack.base)

    def in_index(self) -> set[str]:
        """Whose of these words an index's files hold, its translog included."""
        return self._in(file.read_bytes() for file in _files(self.index_files))

    def in_other_files(self) -> set[str]:
        """Of what lies beside: mails, logs, what Redis saved, the ledger."""
        apart = (self.index_files, self._services.stack.base / "postgres")
        queues.redis().save()
        return self._in(
            file.read_bytes()
            for file in _files(self._services.stack.base)
            if not any(file.is_relative_to(one) for one in apart)
        )

    def in_redis(self) -> set[str]:
        """Of every key and every value, as they are and unpacked."""
        return self._in(_values())

    def in_rows(self) -> set[str]:
        """Of a dump of the database."""
        sockets = self._services.stack.urls["postgres"].partition("host=")[2]
        program = str(find_postgres(unprivileged()) / "pg_dump")
        dumped = subprocess.run(
            [program, "-h", sockets, "-U", "vahti", "-d", "postgres"], capture_output=True, check=True
        ).stdout
        return self._in([dumped])

    def _in(self, texts: Any) -> set[str]:
        found: set[str] = set()
        for text in texts:
            # Without the beginning, which a dictionary shares between neighbours.
            found |= {word for word in WORDS if word[3:].encode() in text}
            found |= {name.decode() for name in self._names if name in text}
        return found


def _files(directory: Path) -> Iterator[Path]:
    for file in directory.rglob("*"):
        if file.is_file():
            yield file


def _values() -> Iterator[bytes]:
    redis: Any = queues.redis()
    for key in redis.scan_iter("*"):
        yield key
        reading: dict[bytes, Callable[[Any], Any]] = {
            b"string": lambda key: [redis.get(key)],
            b"hash": lambda key: [part for pair in redis.hgetall(key).items() for part in pair],
            b"list": lambda key: redis.lrange(key, 0, -1),
            b"set": lambda key: redis.smembers(key),
            b"zset": lambda key: redis.zrange(key, 0, -1),
            b"stream": lambda key: [part for _, entry in redis.xrange(key) for pair in entry.items() for part in pair],
        }
        for value in reading[redis.type(key)](key):
            if value is None:  # it expired since it was listed
                continue
            yield value
            if value[:1] == b"\x78":
                yield zlib.decompress(value)


def _fail(subject: str) -> None:
    """A job that names the subject and fails: rq keeps it for an hour."""
    arguments = ("nothing that anybody does", [subject])
    queues.queue("now").enqueue("store.work.perform", args=arguments, failure_ttl=3600, result_ttl=0)
    SimpleWorker([queues.queue("now")], connection=queues.redis(), serializer=JSONSerializer).work(
        burst=True, logging_level="CRITICAL"
    )


@pytest.mark.promise("D2", "D5", "S1")
@pytest.mark.invariant(4)
def test_nothing_of_an_erased_person_is_left(
    api: Api, app_client: FlaskClient, work: Work, clean: Services, mails: Callable[[], list[EmailMessage]]
) -> None:
    with transaction() as session:
        person = Api(app_client, tokens.create(session, "person", email=MAIL))
        recruiter = Api(
            app_client, tokens.create(session, "recruiter", employers.named(session, "Rekry Oy"), "hr@rekry.example")
        )
        making.alert(session, MAIL)
    assert recruiter.post("/cvs/searches", {"name": "hoitajat", "text": "sairaanhoitaja"}).status_code == 201
    work()
    saved = person.put("/me/cv", CV)
    assert saved.status_code == 201, saved.json
    assert person.put("/me/cv/hidden", {"fields": HIDDEN}).status_code == 200
    assert person.put("/me/cv/visibility", {"visible": True}).status_code == 200
    cv_id = str(saved.json["id"])
    # In the same segment: one of which a fifth is deleted would be merged by itself, sooner or later.
    others = {str(somebody(DEVELOPER)) for _ in range(19)}
    work()
    clock.set_ahead(clock.ahead() + timedelta(minutes=2))
    work()
    [hit] = recruiter.post("/cvs/search", {"text": "sairaanhoitaja"}).json["hits"]
    assert hit["id"] == cv_id
    assert recruiter.get(f"/cvs/{cv_id}").status_code == 200
    assert recruiter.post(f"/cvs/{cv_id}/contact", {"message": "Hei! Olisiko sinulla aikaa?"}).status_code in (201, 202)
    with transaction() as session:
        making.publish(session)
    work()
    _fail(cv_id)

    places = Places(clean, [cv_id, MAIL])
    client().indices.flush(index="_all", params={"force": "true"})
    assert places.in_rows() == {*WORDS, cv_id, MAIL}
    assert places.in_index() == {*SHOWN, cv_id}, "what nobody may see is not there at any time"
    assert places.in_redis() == {cv_id}
    assert MAIL in places.in_other_files(), "mails to the person"
    expunge()
    assert places.in_index() >= {*SHOWN}, "nor does a merge hide words from this search"

    answer = person.delete("/me")
    assert answer.status_code == 202
    assert recruiter.post("/cvs/search", {"text": "sairaanhoitaja", "facets": True}).json["total"] == 0
    assert recruiter.get(f"/cvs/{cv_id}").status_code == 404
    work()
    receipt = api.get(f"/erasures/{answer.json['receipt']}").json
    assert receipt["index"]
    assert receipt["segments"] is None
    assert places.in_index() >= {*SHOWN}, "without expunging it would all still be in the files"

    whole = complete(work, answer.json["receipt"], api)
    moments = [whole[store] for store in ("asked_at", "rows", "mail", "index", "queue", "segments")]
    assert moments == sorted(moments)
    assert places.in_rows() == set()
    assert places.in_redis() == set()
    assert places.in_other_files() == set()
    left = places.in_index()
    assert left <= {cv_id}, "the tombstone has the number of what it stands for, and nothing else"
    assert not [mail for mail in mails() if MAIL in str(mail)]
    assert {hit["id"] for hit in recruiter.post("/cvs/search", {}).json["hits"]} == others
    for word in SHOWN:
        assert recruiter.post("/cvs/search", {"text": word}).json["total"] == 0
