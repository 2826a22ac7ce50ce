"""Who acts, and in which workspace: what the first statement of a transaction learned."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chalicelib.accounts.permissions import MATRIX, Permission, Role
from chalicelib.core.errors import Forbidden
from chalicelib.models.words import ActorType, Scope


@dataclass(frozen=True, slots=True)
class Workspace:
    """The tenant and the settings that verbs ask for."""

    id: UUID
    slug: str
    name: str
    timezone: str
    language: str
    agent_visibility: str
    reopen_window_days: int


@dataclass(frozen=True, slots=True)
class SecondStep:
    """Whether a user signs in with a code too, must by the workspace's word, or came by way of an identity
    provider, which has seen to it."""

    enabled: bool = False
    required: bool = False
    vouched: bool = False

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing to do here but setting it up."""
        return self.required and not (self.enabled or self.vouched)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `now` is the transaction's time, by the database's clock. `id` and `role` are null for the
    system; `scopes` leaves out something for API keys alone. `organisation_id` is the one whose tickets the
    actor sees beside its own, null where it is in none or that does not share them."""

    type: ActorType
    id: UUID | None
    name: str
    email: str | None
    role: Role | None
    team_ids: frozenset[UUID]
    workspace: Workspace
    now: datetime
    scopes: frozenset[Scope] = frozenset(Scope)
    second_step: SecondStep = SecondStep()
    organisation_id: UUID | None = None

    @property
    def user_id(self) -> UUID | None:
        """The person who acts, where it is one: an API key requests, writes and owns nothing as a user."""
        return None if self.type is ActorType.API_KEY else self.id

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the matrix gives this role. The desk's own automation may do what a dispatcher may."""
        if self.type is ActorType.SYSTEM:
            return MATRIX[Role.DISPATCHER]
        return MATRIX[self.role] if self.role else frozenset()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission, sentence: str) -> None:
        """Raises Forbidden with the sentence unless the actor has the permission."""
        if not self.may(permission):
            raise Forbidden(sentence)
