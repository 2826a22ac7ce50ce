"""The ticket's life as DESIGN.md §3 tells it: a model that foretells every answer, for tests that walk at
random.

Written from the text, not from the code: its table is its own. A step either names the statuses with which
it may be refused (`Refused`), or changes the model as the desk must change.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ACTIVE = ("new", "open", "pending", "on_hold")
PAUSED = {"customer": "pending", "other": "on_hold"}
DESK = ("admin", "dispatcher")
STAFF = (*DESK, "agent")
REQUESTER = "requester"
# verb, who, from which states: DESIGN.md §3, row by row. Reopening and cancelling have a row for each of
# those whom the text tells apart.
TABLE: tuple[tuple[str, Collection[str], Collection[str]], ...] = (
    ("assign", STAFF, ACTIVE),
    ("transfer", DESK, ACTIVE),
    ("reclassify", STAFF, ACTIVE),
    ("pause", STAFF, ACTIVE),
    ("resume", STAFF, ("pending", "on_hold")),
    ("resolve", STAFF, ACTIVE),
    ("close", STAFF, ("resolved",)),
    ("close", DESK, ACTIVE),
    ("close", (REQUESTER,), ("resolved",)),
    ("reopen", DESK, ("resolved", "closed", "cancelled")),
    ("reopen", (REQUESTER,), ("resolved", "closed")),
    ("cancel", STAFF, ACTIVE),
    ("cancel", (REQUESTER,), ("new",)),
    ("archive", STAFF, ("closed", "cancelled", "merged")),
    ("unarchive", ("admin",), ("archived",)),
    ("merge", DESK, ACTIVE),
    ("split", DESK, ACTIVE),
)
SPLIT_OFF = "The printer, too"
VERBS = tuple(dict.fromkeys(verb for verb, _, _ in TABLE))
ADMINS_ALONE = ("delete", "restore")


class Refused(Exception):
    """With one of these statuses, and nothing changed. `state`: the ticket as a 409 must describe it, with
    the verbs that it allows now."""

    def __init__(self, *statuses: int, state: "Card | None" = None) -> None:
        super().__init__(statuses)
        self.statuses = set(statuses)
        self.state = state


@dataclass(frozen=True)
class Who:
    """An actor, as far as the table looks at one."""

    name: str
    role: str
    team: str | None = None
    here: bool = True

    @property
    def is_desk(self) -> bool:
        return self.role in DESK

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


@dataclass
class Comment:
    id: str
    internal: bool


@dataclass
class Card:
    """A ticket in the model. `resolved` and `closed`: "lately" or "long ago", before the window."""

    id: str
    label: str
    requester: str
    team: str
    status: str = "new"
    assignee: str | None = None
    priority: str = "medium"
    subject: str = "VPN drops"
    tags: tuple[str, ...] = ()
    version: int = 1
    resolved: str | None = None
    closed: str | None = None
    archived: bool = False
    deleted: bool = False
    merged_into: "Card | None" = None
    watchers: set[str] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)
    actions: list[str] = field(default_factory=lambda: ["created"])

    @property
    def state(self) -> str:
        """What the table calls it: archived and merged tickets are states of their own there."""
        return "archived" if self.archived else "merged" if self.merged_into else self.status

    @property
    def in_window(self) -> bool:
        return (self.resolved or self.closed) == "lately"

    def note(self, *actions: str, counts: bool = True) -> None:
        """One more row each in the timeline; one more version for all of them."""
        self.actions += actions
        self.version += counts

    def begin(self) -> None:
        self.status, self.resolved, self.closed = "open", None, None


def states(verb: str, hats: Collection[str]) -> set[str]:
    """Where the table opens a verb to who wears these hats."""
    return {
        state for name, who, where in TABLE if name == verb for hat in hats if hat in who for state in where
    }


def hats(who: Who, card: Card) -> set[str]:
    return {who.role} | ({REQUESTER} if card.requester == who.name else set())


def sees(who: Who, card: Card) -> bool:
    """Whether one may know of a ticket."""
    if card.deleted or not who.here:
        return False
    if who.is_desk:
        return True
    if who.role == "agent":
        return card.team == who.team or who.name in (card.assignee, card.requester)
    return card.requester == who.name or who.name in card.watchers


def may_ever(who: Who, verb: str) -> bool:
    """Whether the role may call the verb at all: on some ticket, in some state."""
    if verb in ADMINS_ALONE:
        return who.role == "admin"
    return bool(states(verb, {who.role, REQUESTER}))


def has_right(who: Who, card: Card, verb: str) -> bool:
    """What depends on whose ticket it is, whatever its state."""
    if verb == "assign":
        own = card.assignee == who.name
        return who.is_desk or own or (card.assignee is None and card.team == who.team)
    if verb == "reclassify":
        return who.is_desk or card.assignee == who.name
    return bool(states(verb, hats(who, card)))


def allowed(who: Who, card: Card) -> set[str]:
    """The verbs that a refusal must name: those of the table, here and now, for this one."""
    found = {
        verb for verb in VERBS if card.state in states(verb, hats(who, card)) and has_right(who, card, verb)
    }
    if not card.in_window and card.state not in states("reopen", {who.role}):
        found.discard("reopen")
    return found


def offered(who: Who, card: Card) -> list[str]:
    """What an answer must say that one may do now: the verbs of the table in its order, and the rest."""
    if not sees(who, card):
        return []
    landing = card.merged_into or card
    lands = not landing.archived if sees(who, landing) else not landing.deleted and landing.state in ACTIVE
    rest = {
        "update": not card.archived
        and (who.is_staff or (card.requester == who.name and card.status in ACTIVE)),
        "comment": lands,
        "comment_internal": lands and who.is_staff,
        "delete": who.role == "admin",
    }
    return [verb for verb in VERBS if verb in allowed(who, card)] + [deed for deed in rest if rest[deed]]


def require(who: Who, card: Card, verb: str) -> None:
    """Raises Refused unless the table lets this one use the verb now. Where both the right and the state are
    missing, either may be said."""
    right = has_right(who, card, verb)
    if card.state not in states(verb, hats(who, card) | (set() if right else {REQUESTER})):
        raise Refused(409, *(() if right else (403,)), state=card)
    if not right:
        raise Refused(403)
    if verb == "reopen" and not card.in_window and card.state not in states(verb, {who.role}):
        raise Refused(409, state=card)


class Model:
    """The tickets of one walk, and every step on them. Ids are as the desk gave them."""

    def __init__(self, people: Mapping[str, Who], default_team: str) -> None:
        self.people = people
        self.default_team = default_team
        self.cards: list[Card] = []

    def reach(self, who: Who, card: Card, verb: str, *, stale: bool, restores: bool = False) -> None:
        """What comes before any verb: the role, the sight of the ticket, its version."""
        if verb in (*VERBS, *ADMINS_ALONE) and not may_ever(who, verb):
            raise Refused(403)
        hidden = not (card.deleted and who.here) if restores else not sees(who, card)
        if hidden:
            raise Refused(404)
        if stale:
            raise Refused(412)

    # The verbs

    def assign(self, who: Who, card: Card, to: str | None, team: str | None = None) -> None:
        require(who, card, "assign")
        if not who.is_desk and to != who.name and card.assignee != who.name:
            raise Refused(403)
        if team not in (None, card.team, who.team) and not who.is_desk:
            raise Refused(403)
        if to is not None and not self._works_here(to):
            raise Refused(404)
        if to == card.assignee and team in (None, card.team):
            return
        card.assignee = to
        card.team = team or card.team
        if to and card.status == "new":
            card.status = "open"
        card.note("assigned" if to else "unassigned")

    def transfer(self, who: Who, card: Card, team: str, to: str | None = None) -> None:
        require(who, card, "transfer")
        if to is not None and not self._works_here(to):
            raise Refused(404)
        if team == card.team:
            raise Refused(409)
        card.team, card.assignee = team, to
        if to and card.status == "new":
            card.status = "open"
        card.note("transferred")

    def reclassify(self, who: Who, card: Card, priority: str) -> None:
        require(who, card, "reclassify")
        if priority != card.priority:
            card.priority = priority
            card.note("reclassified")

    def pause(self, who: Who, card: Card, waiting_on: str) -> None:
        require(who, card, "pause")
        if card.status == PAUSED[waiting_on]:
            raise Refused(409, state=card)
        card.status = PAUSED[waiting_on]
        card.note("paused")

    def resume(self, who: Who, card: Card) -> None:
        require(who, card, "resume")
        card.status = "open"
        card.note("resumed")

    def resolve(self, who: Who, card: Card, comment: str | None = None) -> None:
        """`comment`: the id that the resolution got, where it came with one."""
        require(who, card, "resolve")
        if comment is not None:
            card.comments.append(Comment(comment, internal=False))
            card.note("commented", counts=False)
        card.status, card.resolved = "resolved", "lately"
        card.note("resolved")

    def close(self, who: Who, card: Card) -> None:
        require(who, card, "close")
        card.status, card.closed = "closed", "lately"
        card.note("closed")

    def reopen(self, who: Who, card: Card) -> None:
        require(who, card, "reopen")
        card.begin()
        card.note("reopened")

    def cancel(self, who: Who, card: Card) -> None:
        require(who, card, "cancel")
        card.status = "cancelled"
        card.note("cancelled")

    def archive(self, who: Who, card: Card) -> None:
        require(who, card, "archive")
        card.archived = True
        card.note("archived")

    def unarchive(self, who: Who, card: Card) -> None:
        require(who, card, "unarchive")
        card.archived = False
        card.note("unarchived")

    def delete(self, who: Who, card: Card) -> None:
        card.deleted = True
        card.note("deleted")

    def restore(self, who: Who, card: Card) -> None:
        card.deleted = False
        card.note("restored")

    def merge(self, who: Who, card: Card, into: Card) -> None:
        if card is into:
            raise Refused(422)
        if not sees(who, into):
            raise Refused(404)
        require(who, card, "merge")
        if into.state not in ACTIVE:
            raise Refused(409)
        card.status, card.closed, card.merged_into = "closed", "lately", into
        card.note("merged")
        for other in self.cards:
            if other.merged_into is card:
                other.merged_into = into
                other.note("updated")
        into.note("merged_from")
        into.watchers |= {
            name for name in card.watchers - {card.requester} if self._follows(name, card, into)
        }

    def split(self, who: Who, card: Card, chosen: Collection[str], new_id: str, label: str) -> Card:
        """The new ticket."""
        require(who, card, "split")
        own = [comment for comment in card.comments if comment.id in chosen]
        if len(own) < len(chosen) or not chosen:
            raise Refused(404)
        if all(comment.internal for comment in own):
            raise Refused(422)
        card.comments = [comment for comment in card.comments if comment not in own]
        card.note("split")
        new = Card(new_id, label, card.requester, self.default_team, priority=card.priority)
        new.subject, new.comments = SPLIT_OFF, own
        self.cards.append(new)
        return new

    # Comments and PATCH

    def comment(self, who: Who, card: Card, new_id: str, label: str = "", *, internal: bool = False) -> Card:
        """Where it landed: the ticket, the one it was merged into, or the follow-up that has this id and
        label."""
        landing = card.merged_into or card
        seen = sees(who, landing)
        is_over = landing.archived if seen else landing.deleted or landing.state not in ACTIVE
        if internal and not who.is_staff:
            raise Refused(403, *((409,) if is_over else ()))
        if is_over:
            raise Refused(409)
        if not seen:
            card.comments.append(Comment(new_id, internal))
            landing.note("commented", counts=False)
            return card
        late = landing.status == "resolved" and not landing.in_window
        if not who.is_staff and (landing.status in ("closed", "cancelled") or late):
            landing.note("followed_up", counts=False)
            new = Card(new_id, label, who.name, landing.team, priority=landing.priority)
            new.subject = f"{landing.subject} ({landing.label})"[:200]
            self.cards.append(new)
            return new
        landing.comments.append(Comment(new_id, internal))
        landing.note("commented", counts=False)
        if not who.is_staff and landing.status == "pending":
            self._woken(landing, "resumed")
        elif not who.is_staff and landing.status == "resolved":
            self._woken(landing, "reopened")
        return landing

    def patch(self, who: Who, card: Card, fields: Mapping[str, Any], comment: str) -> None:
        """All of it or nothing, as one version. `comment`: the id that one sent along got."""
        trial = replace(card, comments=[*card.comments], actions=[*card.actions])
        if not who.is_staff:
            if who.name != card.requester or set(fields) - {"subject", "description"}:
                raise Refused(403)
            if card.subject != fields.get("subject", card.subject) and card.state not in ACTIVE:
                raise Refused(409)
        self._patched(who, trial, fields, comment)
        commented = trial.actions[len(card.actions) :] == ["commented"]
        trial.version = card.version + (trial.actions != card.actions and not commented)
        vars(card).update(vars(trial))

    def _patched(self, who: Who, card: Card, fields: Mapping[str, Any], comment: str) -> None:
        wanted = fields.get("status")
        if wanted == "open" and card.status not in ACTIVE:
            self.reopen(who, card)
        if "priority" in fields and fields["priority"] != card.priority:
            self.reclassify(who, card, fields["priority"])
        if "team_id" in fields and fields["team_id"] != card.team:
            if not may_ever(who, "transfer"):
                raise Refused(403)
            self.transfer(who, card, fields["team_id"], fields.get("assignee_id"))
        elif "assignee_id" in fields and fields["assignee_id"] != card.assignee:
            self.assign(who, card, fields["assignee_id"])
        plain = {name: fields[name] for name in ("subject", "tags") if name in fields}
        if any(getattr(card, name) != value for name, value in plain.items()):
            if card.archived:
                raise Refused(409)
            vars(card).update(plain)
            card.note("updated")
        if "comment" in fields:
            if card.archived or card.merged_into:
                raise Refused(409)
            card.comments.append(Comment(comment, internal=False))
            card.note("commented")
        if wanted not in (None, card.status):
            self._to_status(who, card, wanted)

    def _to_status(self, who: Who, card: Card, wanted: str) -> None:
        match wanted:
            case "new":
                raise Refused(409, state=card)
            case "open" if card.status == "new":
                card.status = "open"
                card.note("opened")
            case "open":
                (self.resume if card.status in PAUSED.values() else self.reopen)(who, card)
            case "pending" | "on_hold":
                self.pause(who, card, "customer" if wanted == "pending" else "other")
            case "resolved":
                self.resolve(who, card)
            case "closed":
                self.close(who, card)
            case "cancelled":
                self.cancel(who, card)

    def _woken(self, card: Card, action: str) -> None:
        card.begin()
        card.note(action)

    def _works_here(self, name: str) -> bool:
        return self.people[name].here and self.people[name].is_staff

    def _follows(self, name: str, card: Card, into: Card) -> bool:
        """Whether a watcher of what is merged watches the target: of the staff whoever sees it, of the
        customers where one person asked for both."""
        if self.people[name].is_staff:
            return sees(self.people[name], into)
        return card.requester == into.requester
