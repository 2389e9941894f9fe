"""A person with a CV and two recruiters, as they call the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from store.cvs import Cv
from store.database import transaction
from tests.e2e.conftest import Api
from tests.recruiting import person, recruiter, token


@dataclass
class People:
    """A person with a CV, a recruiter, and a recruiter of another employer."""

    cv: Cv
    aino: Api
    rita: Api
    other: Api

    def change(self, by: Callable[..., None], *given: object) -> None:
        """Change the CV in a transaction of its own."""
        with transaction() as session:
            by(session, session.get_one(Cv, self.cv.id), *given)


def people_of(client: FlaskClient, employer: str = "Rekry Oy", **cv: Any) -> People:
    with transaction() as session:
        made = person(session, **cv)
        rita = recruiter(session, employer).id
        other = recruiter(session, "Muu Oy", "muu@muu.example").id
    aino, *both = (Api(client, token(one)) for one in (made.account_id, rita, other))
    return People(made, aino, *both)
