"""What a route is, as data: served by resource.py, told by openapi.py, walked by the tests."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from chalice.app import Request
from pydantic import BaseModel

from chalicelib.accounts.actor import Actor
from chalicelib.core.db import Transaction
from chalicelib.core.errors import HelpdeskError
from chalicelib.core.settings import ApiSettings
from chalicelib.core.versions import Versions

# What a form's token looks like; another is none.
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")


class NoBody(BaseModel, extra="forbid", defer_build=True):
    """A request without a body."""


class NoQuery(BaseModel, extra="forbid", defer_build=True):
    """A request without parameters."""


class Unread(BaseModel, extra="ignore", defer_build=True):
    """Whatever parameters: the script of the page that is asked for reads them, the server none."""


class Form(BaseModel, extra="allow", defer_build=True):
    """A form as browsers send it, before anything is judged: declared fields once, others as lists.

    `token` is the form's own, of one showing: sent twice, a form is taken once, as by an Idempotency-Key.
    """

    token: str = ""


@dataclass(frozen=True)
class Answer:
    """What a view gives back. `body` None is an empty answer; a string goes out as it is, with its own
    content type."""

    body: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """A rate limit of a route: by the caller's address, or by a field of its body (an account)."""

    scope: str
    hits: int
    seconds: int
    by: Literal["address"] | str = "address"


@dataclass(frozen=True)
class Endpoint:
    """A route as it is served, documented and tested."""

    method: str
    path: str
    view: Callable[..., Answer]
    summary: str
    tag: str
    body: type[BaseModel]
    query: type[BaseModel]
    path_types: Mapping[str, type]
    answer: Any
    status: int
    secret: bool
    needs_if_match: bool
    needs_database: bool
    limits: Sequence[Limit]
    # Where it is one of several (a comma list), the view says which.
    content_type: str
    examples: Mapping[str, Any]
    signs: bool = False
    # What must be had from elsewhere before the transaction.
    prepare: "Callable[[Ahead], Any] | None" = None
    # What it answers with another status than its own, by that.
    also: Mapping[int, Any] = field(default_factory=dict)
    # Whether the body may come as a form too, as browsers and mail programs send it.
    takes_form: bool = False
    # What browsers, which ask for a page, are shown in the place of a problem.
    page: "Callable[[HelpdeskError, Request], Answer] | None" = None
    # Adds to an answer what is not kept for its Idempotency-Key: leave to do something, which ends. Made each
    # time that the answer is given, of the body as it was kept.
    renew: "Callable[[Call, Any], Any] | None" = None

    @property
    def is_form(self) -> bool:
        """Whether its body is a form and nothing else."""
        return issubclass(self.body, Form)


@dataclass(frozen=True)
class Ahead:
    """One request before its transaction: the place for calls over the network.

    `admit` refuses, in a transaction of its own, whom the work's would refuse, and then whom the room's
    check of an actor does; `apart` runs a unit in one of its own and raises the Refusal that it answers.
    Public routes have no workspace here. `path` has the parameters of the path.
    """

    settings: ApiSettings
    workspace_id: UUID | None
    path: Mapping[str, Any]
    body: Any
    admit: Callable[[Callable[[Actor], None]], None]
    apart: Callable[[Callable[[Transaction], Any]], Any]


@dataclass
class Call:
    """One request inside its transaction."""

    tx: Transaction
    request: Request
    address: str
    if_match: Versions | None
    settings: ApiSettings
    _actor: Actor | None
    prepared: Any = None

    @property
    def actor(self) -> Actor:
        """Who calls. Public routes without a workspace have nobody."""
        if self._actor is None:
            raise RuntimeError("this route has no principal")
        return self._actor
