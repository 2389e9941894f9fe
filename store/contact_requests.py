"""Contact details: shown to whoever sees the CV, or to the one employer that asked and whom the person answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import clock, cv_fields, cvs, employers, settings, visibility
from store.accounts import Account
from store.cvs import Cv
from store.employers import Employer
from store.errors import Conflict, Forbidden, NotFound
from store.rows import Key, Moment, Row

ASKED, GRANTED, DECLINED, REVOKED = STATES = ("asked", "granted", "declined", "revoked")
# What nobody wrote into a row: nothing was asked for, nothing needs to be, or its time is over.
NONE, OPEN, EXPIRED = "none", "open", "expired"


class ContactRequest(Row):
    """One employer's request for one person's contact details, and what the person answered."""

    __tablename__ = "contact_requests"

    id: Mapped[Key]
    cv_id: Mapped[UUID] = mapped_column(ForeignKey(Cv.id))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey(Employer.id))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    message: Mapped[str]
    state: Mapped[str]
    asked_at: Mapped[Moment]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[Moment]

    @property
    def state_now(self) -> str:
        """The state, or `expired` once the time to answer, or that of what was handed over, has passed."""
        return EXPIRED if self.state in (ASKED, GRANTED) and self.over else self.state

    @property
    def over(self) -> bool:
        """Whether it can not be granted any more: the employer would have to ask again."""
        return self.expires_at <= clock.now()


def ask(session: Session, recruiter: Account, cv_id: UUID, message: str) -> tuple[ContactRequest, bool]:
    """Ask a person for contact details in the name of the recruiter's employer; says whether this is a new request.

    One that waits for its answer, or was granted, stays as it is. Raises NotFound for a CV that the recruiter does not
    see, and Conflict where nothing needs to be asked, or the person said no lately. Whoever hides the CV meanwhile
    waits, so that nobody is asked about a CV that is hidden.
    """
    if recruiter.employer_id is None:
        raise Forbidden("only an employer's recruiter asks for contact details")
    rule = visibility.sql(visibility.viewer(session, recruiter))
    cv = session.scalars(select(Cv).where(Cv.id == cv_id, rule).with_for_update(read=True)).one_or_none()
    if cv is None:
        raise NotFound("no CV that you can see has this id")
    if cv.contact == cvs.OPEN:
        raise Conflict("nothing needs to be asked: whoever sees this CV sees the contact details")
    now = clock.now()
    asked = {
        "account_id": recruiter.id,
        "message": message,
        "state": ASKED,
        "asked_at": now,
        "expires_at": now + timedelta(days=settings.get().contact_answer),
    }
    added = session.scalar(
        insert(ContactRequest)
        .values(cv_id=cv_id, employer_id=recruiter.employer_id, **asked)
        .on_conflict_do_nothing()
        .returning(ContactRequest.id)
    )
    row = session.scalars(
        select(ContactRequest)
        .where(ContactRequest.cv_id == cv_id, ContactRequest.employer_id == recruiter.employer_id)
        .with_for_update()
    ).one()
    if added is not None or row.state_now in (ASKED, GRANTED):
        return row, added is not None
    if row.state in (DECLINED, REVOKED) and row.answered_at is not None:
        again = row.answered_at + timedelta(days=settings.get().contact_pause)
        if again > now:
            raise Conflict(f"the person said no: you may ask again from {again:%Y-%m-%d} on")
    for name, value in asked.items():
        setattr(row, name, value)
    row.answered_at = None
    session.flush()
    return row, True


def to(session: Session, cv_id: UUID, employer_id: UUID) -> ContactRequest | None:
    """The request of an employer to the person of a CV, if there ever was one."""
    return session.scalars(
        select(ContactRequest).where(ContactRequest.cv_id == cv_id, ContactRequest.employer_id == employer_id)
    ).one_or_none()


def of_person(session: Session, account_id: UUID) -> list[tuple[ContactRequest, Employer]]:
    """The requests to a person with who made them, the newest first."""
    rows = session.execute(
        select(ContactRequest, Employer)
        .join(Cv, and_(Cv.id == ContactRequest.cv_id, Cv.account_id == account_id))
        .join(Employer, Employer.id == ContactRequest.employer_id)
        .order_by(ContactRequest.asked_at.desc(), ContactRequest.id)
    )
    return [(request, employer) for request, employer in rows]


def get(session: Session, request_id: UUID, account_id: UUID, *, lock: bool = False) -> tuple[ContactRequest, Employer]:
    """A request to this person, with who made it; raises NotFound for one to another as for none."""
    asked = (
        select(ContactRequest)
        .join(Cv, and_(Cv.id == ContactRequest.cv_id, Cv.account_id == account_id))
        .where(ContactRequest.id == request_id)
    )
    row = session.scalars(asked.with_for_update(of=ContactRequest) if lock else asked).one_or_none()
    if row is None:
        raise NotFound("no request to you has this id")
    return row, employers.get(session, row.employer_id)


def answer(session: Session, request: ContactRequest, grant: bool) -> None:
    """Hand the contact details over, or say no; the last answer counts, and saying the same again changes nothing.

    Raises Conflict where nobody answered in time, or the grant has run out: the employer has to ask anew.
    """
    if not grant:
        _close(session, request, REVOKED if request.state == GRANTED else DECLINED)
        return
    now = clock.now()
    if request.over:
        raise Conflict("the request has expired: the employer has to ask again")
    if request.state != GRANTED:
        request.state, request.answered_at = GRANTED, now
        request.expires_at = now + timedelta(days=settings.get().contact_grant)
        session.flush()


def revoke(session: Session, request: ContactRequest) -> None:
    """Take back what was handed over: from the commit on it is not shown. A request without an answer is declined."""
    _close(session, request, REVOKED if request.state == GRANTED else DECLINED)


def _close(session: Session, request: ContactRequest, state: str) -> None:
    if request.state in (ASKED, GRANTED):
        request.state, request.answered_at = state, clock.now()
        session.flush()


def contact_for(session: Session, cv: Cv, recruiter: Account) -> dict[str, Any] | None:
    """The contact details of a CV that this recruiter may see now; None where the person does not show them.

    Whoever shows them notes it: `access_log.CONTACT`.
    """
    return contacts_for(session, [cv.id], recruiter).get(cv.id)


def contacts_for(session: Session, ids: Sequence[UUID], recruiter: Account) -> dict[UUID, dict[str, Any]]:
    """Of these CVs the contact details that this recruiter may see now, as they are now, in one query.

    Where the CV is hidden, or the employer blocked, there are none, whatever the person once granted: who hides a CV
    means to be left alone, and a grant that outlived it would have to be hunted for. Shown again, the grant counts for
    as long as it was given.
    """
    rule = visibility.sql(visibility.viewer(session, recruiter))
    granted = and_(
        ContactRequest.cv_id == Cv.id,
        ContactRequest.employer_id == recruiter.employer_id,
        ContactRequest.state == GRANTED,
        ContactRequest.expires_at > clock.now(),
    )
    rows = session.execute(
        select(Cv.id, Cv.body, Cv.hidden)
        .outerjoin(ContactRequest, granted)
        .where(Cv.id.in_(ids), rule, (Cv.contact == cvs.OPEN) | ContactRequest.id.is_not(None))
    )
    return {cv_id: cv_fields.contact_of(body, hidden) for cv_id, body, hidden in rows}


def parties(session: Session, request_id: UUID) -> tuple[UUID, UUID]:
    """The accounts of the person who is asked and of the recruiter who asks. Raises NotFound where either is gone."""
    row = session.execute(
        select(Cv.account_id, ContactRequest.account_id)
        .join(Cv, Cv.id == ContactRequest.cv_id)
        .where(ContactRequest.id == request_id, ContactRequest.account_id.is_not(None))
    ).one_or_none()
    if row is None or row[1] is None:
        raise NotFound("one of the two is gone")
    return row[0], row[1]


def to_tell(session: Session, request_id: UUID, state: str) -> tuple[ContactRequest, Employer]:
    """A request that somebody should be mailed of, locked, with who made it: whoever answers or revokes waits.

    Whoever asks holds the account that is mailed already, so that an erasure, which comes from there, waits as well.
    Raises NotFound where it is in another state by now, or the employer does not see the CV any more.
    """
    row = session.get(ContactRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.state_now != state or row.account_id is None:
        raise NotFound("the request stands no more")
    recruiter = session.get_one(Account, row.account_id)
    cvs.get_seen(session, row.cv_id, visibility.sql(visibility.viewer(session, recruiter)))
    return row, employers.get(session, row.employer_id)
