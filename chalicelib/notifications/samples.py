"""Made-up news of each kind of mail: what a text is tried with before it is kept, and previews show."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from chalicelib.accounts.actor import Workspace
from chalicelib.accounts.permissions import Role
from chalicelib.models.words import Source
from chalicelib.notifications.claiming import Claim
from chalicelib.notifications.facts import Brand, Facts, Question
from chalicelib.notifications.mail_kinds import ACKNOWLEDGED, Kind
from chalicelib.notifications.recipients import Occasion, Part, Person, Recipient
from chalicelib.notifications.texts import OwnText, OwnTexts
from chalicelib.tickets import markdown

NOBODY: Final = UUID(int=0)
META: Final[dict[str, Any]] = {
    "into_label": "TKT-2026-00040",
    "left_days": 3,
    "metric": "first_response",
    "percent": 75,
}
# Where the requester is asked how the help was.
ASKING: Final = frozenset({Occasion.RESOLVED, Occasion.CLOSED, Occasion.RATING_DUE})
_NEW = (Occasion.CREATED, Occasion.ASSIGNED, Occasion.TRANSFERRED, Occasion.MERGED)
_SAID = "Have you tried it **again** since this morning?\n\n1. Pull the plug.\n2. Put it back in."
_ROLES = {Part.REQUESTER: Role.CUSTOMER, Part.WATCHER: Role.CUSTOMER, Part.DISPATCHER: Role.DISPATCHER}
FULL: Final = Facts(
    label="TKT-2026-00042",
    subject="No link on floor 3",
    description="The switch in rack 4 is dark.",
    status="open",
    priority="high",
    type="incident",
    source=Source.API,
    requester_id=NOBODY,
    requester="Carol Castro",
    team="Networks",
    actor="Ana Diaz",
    actor_role=Role.AGENT,
    comment=_SAID,
    visibility="public",
    author="Ana Diaz",
    due="2026-11-23 15:00 (America/Bogota)",
    later_actions=(),
    brand=Brand("#0d74ce", "https://desk.acme.example/logo.png", "Acme, Calle 7, Bogota"),
    score=4,
)
# The least that there can be to tell.
SPARSE: Final = replace(
    FULL, description="-", actor=None, comment=None, author=None, due=None, brand=Brand(), score=1
)


def sample(kind: Kind, workspace: Workspace, facts: Facts = FULL, text: OwnText | None = None) -> Claim:
    """News of this kind, of made-up facts or of those of a ticket, to be told in the words of `text`."""
    source = Source.PUBLIC if kind.name == ACKNOWLEDGED else Source.API
    told = replace(facts, source=source)
    if not repeats_a_comment(kind):
        told = replace(told, comment=None, comment_html=None)
    if told.comment and told.comment_html is None:
        told = replace(told, comment_html=markdown.render(told.comment).html)
    question = Question("example", "2026-12-20") if kind.occasion in ASKING else None
    texts = OwnTexts({text.kind: text} if text else {}, strict=True)
    return Claim(workspace, kind.occasion, told, META, [], question, texts)


def repeats_a_comment(kind: Kind) -> bool:
    """Whether what the mail repeats is a comment: of a new ticket it is what the ticket asks, if anything."""
    return "quoted.text" in kind.offers and kind.occasion not in _NEW


def recipient(kind: Kind, name: str = "Dana Duarte") -> Recipient:
    """Somebody who would get it: a customer, wherever one may."""
    role = Role.AGENT if kind.is_for_staff else _ROLES.get(kind.part, Role.AGENT)
    role = _ROLES[kind.part] if kind.part is Part.DISPATCHER else role
    return Recipient(Person(NOBODY, name, "dana@desk.example", role, frozenset({kind.part})), kind.part)
