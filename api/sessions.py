"""The database as a request sees it: reads in a READ ONLY transaction, and at most one transaction that writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import has_request_context, request
from sqlalchemy.orm import Session

from store import database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_WROTE = "vahti.wrote"


@contextmanager
def reading() -> Iterator[Session]:
    """A session in one transaction that Postgres itself keeps from writing.

    It may be committed within the block, to let go of a snapshot: the next read begins another such transaction.
    """
    read_only = database.engine().execution_options(postgresql_readonly=True)
    with Session(read_only, expire_on_commit=False) as session:
        yield session


@contextmanager
def looking_up() -> Iterator[Session]:
    """A session for one question, without a transaction around it: who makes a call is asked with each."""
    with Session(database.engine().execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session in the one transaction in which this request changes anything: committed at the end of the block.

    Raises RuntimeError in a GET, which changes nothing (mail scanners follow links), and for a second transaction: what
    a request does must be whole or not at all.
    """
    if has_request_context():
        if request.method in SAFE_METHODS:
            raise RuntimeError(f"{request.method} changes nothing")
        if _WROTE in request.environ:
            raise RuntimeError("a request commits once")
        request.environ[_WROTE] = True
    with database.transaction() as session:
        yield session


@contextmanager
def noting() -> Iterator[Session]:
    """A session in which a call that reads notes that it read: the access log is for the person whose CV was looked at.

    Nothing else is written here, so that what a GET shows is the same before and after it. Raises RuntimeError for a
    second transaction that writes.
    """
    if _WROTE in request.environ:
        raise RuntimeError("a request commits once")
    request.environ[_WROTE] = True
    with database.transaction() as session:
        yield session


@contextmanager
def prolonging() -> Iterator[Session]:
    """A session in a transaction of its own, in which the session of whoever makes a request is prolonged: it tells
    nobody anything, and what the request itself does is whole or not at all without it."""
    with database.transaction() as session:
        yield session
