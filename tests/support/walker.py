"""Takes steps on the desk and in the model of tests/support/walk_model.py, and holds each to the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from tests.support.api import Reply
from tests.support.cast import Person
from tests.support.database import Database
from tests.support.service_desk import ServiceDesk, plain
from tests.support.walk_model import (
    ACTIVE,
    SPLIT_OFF,
    VERBS,
    Card,
    Model,
    Refused,
    Who,
    allowed,
    offered,
    sees,
)

MOST_TICKETS = 6
PEOPLE = {
    "ada": Who("ada", "admin"),
    "dario": Who("dario", "dispatcher"),
    "ana": Who("ana", "agent", "Networks"),
    "ben": Who("ben", "agent", "Apps"),
    "carol": Who("carol", "customer"),
    "chris": Who("chris", "customer"),
    "cleo": Who("cleo", "customer"),
    "mallory": Who("mallory", "admin", here=False),
}
TEAMS = ("Networks", "Apps", "Service desk")
ASSIGNEES = ("ana", "ben", "dario", None, "carol", "mallory")
PRIORITIES = ("low", "medium", "urgent")
STATUSES = ("open", "pending", "on_hold", "resolved", "closed", "cancelled", "new")
OTHERS = ("comment", "patch", "delete", "restore", "later", "look")
WHAT = (*VERBS, *OTHERS)
CODES = {
    403: {"FORBIDDEN"},
    404: {"NOT_FOUND"},
    409: {"ILLEGAL_TRANSITION", "CONFLICT"},
    412: {"OPTIMISTIC_LOCK"},
    422: {"VALIDATION_ERROR", "FIELD_REQUIRED"},
    428: {"PRECONDITION_REQUIRED"},
}
# What a timeline entry's `changes` may speak of.
KEPT = ("status", "assignee_id", "team_id", "priority", "subject", "tags", "merged_into")
LOOK = """
    SELECT t.id::text, t.label, t.status, t.assignee_id::text, t.team_id::text, t.priority, t.subject,
        to_json(t.tags) AS tags, t.merged_into::text, t.version, t.last_sequence,
        t.archived_at IS NOT NULL AS archived, t.deleted_at IS NOT NULL AS deleted,
        t.resolved_at IS NOT NULL AS resolved,
        t.closed_at IS NOT NULL AS closed,
        (SELECT json_agg(json_build_object('sequence', e.sequence, 'action', e.action, 'changes', e.changes)
                         ORDER BY e.sequence)
         FROM timeline_entries e WHERE e.workspace_id = t.workspace_id AND e.ticket_id = t.id) AS timeline,
        (SELECT json_agg(json_build_array(v.sequence, v.type, v.payload -> 'changes') ORDER BY v.sequence)
         FROM events v WHERE v.workspace_id = t.workspace_id AND v.ticket_id = t.id) AS events
    FROM tickets t WHERE t.workspace_id = :w AND t.id = ANY(CAST(:ids AS uuid[]))
"""
LATER = """
    UPDATE tickets SET resolved_at = resolved_at - interval '8 days',
        closed_at = closed_at - interval '8 days'
    WHERE workspace_id = :w AND id = :id
"""


@dataclass(frozen=True)
class Step:
    """Who does what to which ticket. `choices` are numbers by which its body is chosen. `match`: the version
    it goes by: none, right, stale. `eager`: it is done by somebody and to a ticket where the table lets it be
    done, if there are any."""

    who: str
    what: str
    ticket: int
    choices: tuple[int, int, int]
    match: str
    eager: bool


@dataclass
class Call:
    """A request, and what the model makes of its answer: the ticket that is answered. `also`: statuses with
    which it may be refused too, for several things are wrong with it."""

    path: str
    foretell: Callable[[Reply], Card | None]
    body: Any = None
    method: str = "POST"
    success: int = 200
    also: set[int] = field(default_factory=set)


class Walker:
    """A few tickets, the people around them, and the model of it all."""

    def __init__(self, desk: ServiceDesk, database: Database, stranger: Person) -> None:
        self.desk, self.database = desk, database
        cast = self.cast = desk.cast
        self.people = {name: getattr(cast, name, stranger) for name in PEOPLE}
        self.model = Model(PEOPLE, "Service desk")
        self.first: dict[str, Mapping[str, Any]] = {}
        self.story: list[str] = []
        watched = self._open(cast.dario, "carol", "Networks", requester_id=cast.carol.id)
        self._open(cast.carol, "carol", "Service desk")
        given = self._open(cast.ana, "ana", "Apps", assignee_id=cast.ben.id)
        given.status, given.assignee = "open", "ben"
        for name in ("chris", "ben"):
            database.run(
                "INSERT INTO ticket_watchers (workspace_id, ticket_id, user_id) VALUES (:w, :t, :u)",
                w=cast.acme,
                t=watched.id,
                u=self.people[name].id,
            )
            watched.watchers.add(name)
        self.compare()

    def _open(self, by: Person, requester: str, team: str, **fields: Any) -> Card:
        if by is not self.cast.carol:
            fields["team_id"] = self.cast.teams[team]
        made = self.desk.ticket(by, **fields)
        card = Card(made["id"], made["label"], requester, team)
        self.model.cards.append(card)
        return card

    # Taking a step

    def take(self, step: Step) -> None:
        """Does it, and holds the answer to what the model foretells."""
        who, card = self._eager(step) if step.eager else (PEOPLE[step.who], self._card(step.ticket))
        if step.eager:
            step = replace(step, match="right" if step.what == "patch" else "none")
        self.story.append(f"{who.name} {step.what} {card.label} {step.choices} {step.match}")
        if step.what == "later":
            self._later(card)
            return
        call = self._call(step, who, card)
        if call is None:
            return
        headers = {} if step.what in ("comment", "look") else self._match(step, card)
        person = self.people[who.name]
        path = f"/v1/tickets/{card.id}{call.path}"
        reply = self.desk.as_(person).request(call.method, path, plain_body(call.body), headers)
        try:
            self._reach(step, who, card)
            answered = call.foretell(reply)
        except Refused as refused:
            self._hold_refusal(reply, who, refused, call.also)
        else:
            assert reply.status == call.success, self.told(reply)
            if answered is not None:
                self._hold_answer(reply, who, answered)

    def _card(self, number: int) -> Card:
        return self.model.cards[number % len(self.model.cards)]

    def _eager(self, step: Step) -> tuple[Who, Card]:
        """One of all the ways in which it can be done."""
        ways = [
            (who, card) for who in PEOPLE.values() for card in self.model.cards if can(who, step.what, card)
        ]
        if not ways:
            return PEOPLE[step.who], self._card(step.ticket)
        return ways[([*PEOPLE].index(step.who) * MOST_TICKETS + step.ticket) % len(ways)]

    def _match(self, step: Step, card: Card) -> dict[str, str]:
        versions = {"right": card.version, "stale": card.version + (1 if step.choices[2] % 2 else -1)}
        return {"If_Match": f'"{versions[step.match]}"'} if step.match in versions else {}

    def _reach(self, step: Step, who: Who, card: Card) -> None:
        if step.what == "patch" and step.match == "none":
            raise Refused(428, *(() if sees(who, card) else (404,)))
        stale = step.match == "stale" and step.what not in ("comment", "look")
        self.model.reach(who, card, step.what, stale=stale, restores=step.what == "restore")

    def _hold_refusal(self, reply: Reply, who: Who, refused: Refused, also: set[int]) -> None:
        assert reply.status in refused.statuses | also, self.told(reply)
        assert reply.code in CODES[reply.status], self.told(reply)
        if refused.state is not None and reply.status == 409:
            assert reply.json["state"] == refused.state.state, self.told(reply)
            assert set(reply.json["allowed"]) == allowed(who, refused.state), self.told(reply)

    def _hold_answer(self, reply: Reply, who: Who, card: Card) -> None:
        answer = reply.json
        assert answer["id"] == card.id, self.told(reply)
        assert answer["status"] == card.status, self.told(reply)
        assert reply.headers["etag"] == f'"{card.version}"', self.told(reply)
        assert answer["version"] == card.version, self.told(reply)
        assert (answer["assignee"] or {}).get("id") == self._id(card.assignee), self.told(reply)
        assert answer["team"]["name"] == card.team, self.told(reply)
        assert answer["verbs"] == offered(who, card), self.told(reply)

    def told(self, reply: Reply) -> str:
        """What led here, for whoever reads the failure."""
        return "\n".join([*self.story, f"{reply.status} {reply.text[:600]}"])

    # What a step asks for

    def _call(self, step: Step, who: Who, card: Card) -> Call | None:
        """None where there are tickets enough."""
        model, (first, second, third) = self.model, step.choices
        to, team, full = ASSIGNEES[first % 6], TEAMS[second % 3], len(model.cards) >= MOST_TICKETS
        if step.eager and step.what == "assign" and card.assignee != who.name and not who.is_desk:
            to = who.name
        match step.what:
            case "assign":
                moved = team if third % 4 == 0 else None
                body = {"assignee_id": self._id(to), "reason": "r"}
                body |= {"team_id": self._team(moved)} if moved else {}
                return Call("/assign", lambda _: model.assign(who, card, to, moved) or card, body)
            case "transfer":
                given = to if third % 3 == 0 else None
                body = {"team_id": self._team(team), "assignee_id": self._id(given), "reason": "r"}
                return Call("/transfer", lambda _: model.transfer(who, card, team, given) or card, body)
            case "reclassify":
                priority = PRIORITIES[first % 3]
                foretell = lambda _: model.reclassify(who, card, priority) or card  # noqa: E731
                return Call("/reclassify", foretell, {"priority": priority})
            case "pause":
                waiting_on = ("customer", "other")[first % 2]
                body = {"waiting_on": waiting_on, "reason": "r"}
                return Call("/pause", lambda _: model.pause(who, card, waiting_on) or card, body)
            case "resolve":
                return Call(
                    "/resolve",
                    lambda _: model.resolve(who, card, self._newest_comment(card)) or card,
                    {"resolution": "Done."},
                )
            case "merge":
                others = [other for other in model.cards if other is not card and other.state in ACTIVE]
                into = others[first % len(others)] if step.eager and others else self._card(first)
                also = ({422} if into is card else set()) | (set() if sees(who, into) else {404})
                foretell = lambda _: model.merge(who, card, into) or into  # noqa: E731
                return Call("/merge", foretell, {"into_id": into.id}, also=also)
            case "split":
                chosen = self._chosen(card, first, 0 if step.eager else second)
                body = {"comment_ids": chosen, "subject": SPLIT_OFF}
                foretell = lambda reply: model.split(who, card, chosen, *made_by(reply))  # noqa: E731
                return None if full else Call("/split", foretell, body)
            case "comment":
                return (
                    None
                    if full and not who.is_staff
                    else self._commenting(who, card, internal=first % 3 == 0)
                )
            case "patch":
                return self._patching(who, card, step.choices)
            case "look":
                return Call("", lambda _: card, method="GET")
            case "delete":
                return Call("", lambda _: model.delete(who, card), method="DELETE", success=204)
            case "restore":
                return Call("/restore", lambda _: model.restore(who, card) or card)
        return Call(f"/{step.what}", lambda _: getattr(model, step.what)(who, card) or card, {"reason": "r"})

    def _commenting(self, who: Who, card: Card, *, internal: bool) -> Call:
        def foretell(reply: Reply) -> None:
            followed = reply.json.get("follow_up") or {}
            new_id = followed.get("id") or reply.json.get("id", "")
            landed = self.model.comment(who, card, new_id, followed.get("label", ""), internal=internal)
            if reply.status == 201:
                assert reply.json["ticket_id"] == landed.id, self.told(reply)

        body = {"body": "Any news?", "visibility": "internal" if internal else "public"}
        return Call("/comments", foretell, body, success=201)

    def _patching(self, who: Who, card: Card, choices: tuple[int, int, int]) -> Call:
        first, second, third = choices
        status, assignee = {"status": STATUSES[second % 7]}, {"assignee_id": ASSIGNEES[third % 6]}
        subject, priority = {"subject": f"VPN {third % 3}"}, {"priority": PRIORITIES[third % 3]}
        tags, team, comment = (
            {"tags": ("vpn",) * (third % 2)},
            {"team_id": TEAMS[third % 3]},
            {"comment": "On it."},
        )
        kinds: tuple[dict[str, Any], ...] = (
            status,
            status | comment,
            status | assignee,
            status | priority | tags,
            status | team,
            priority,
            assignee,
            team,
            team | assignee | subject,
            subject,
            tags | comment,
            comment,
        )
        fields = kinds[first]
        body = dict(fields)
        if "assignee_id" in body:
            body["assignee_id"] = self._id(body["assignee_id"])
        if "team_id" in body:
            body["team_id"] = self._team(body["team_id"])

        def foretell(_: Reply) -> Card:
            self.model.patch(who, card, fields, self._newest_comment(card))
            return card

        return Call("", foretell, body, method="PATCH")

    def _chosen(self, card: Card, first: int, second: int) -> list[str]:
        if not card.comments or second % 5 == 4:
            return [str(uuid4())]
        return [card.comments[first % len(card.comments)].id]

    def _newest_comment(self, card: Card) -> str:
        """The id of the last comment on a ticket, which the verb's own answer does not tell."""
        found = self.database.rows(
            "SELECT id::text FROM comments WHERE ticket_id = :t ORDER BY created_at DESC, id DESC LIMIT 1",
            t=card.id,
        )
        return found[0]["id"] if found else ""

    def _later(self, card: Card) -> None:
        """More than the workspace's window passes over what is finished."""
        self.database.run(LATER, w=self.cast.acme, id=card.id)
        card.resolved = card.resolved and "long ago"
        card.closed = card.closed and "long ago"

    def _id(self, name: str | None) -> str | None:
        return str(self.people[name].id) if name else None

    def _team(self, name: str) -> str:
        return str(self.cast.teams[name])

    # Comparing

    def compare(self) -> None:
        """The rows are as the model has them; the timeline tells how they came to be, without a gap; each
        entry has its event."""
        cards = {card.id: card for card in self.model.cards}
        rows = self.database.rows(LOOK, w=self.cast.acme, ids=[*cards])
        assert len(rows) == len(cards), self.story
        for row in rows:
            first = self.first.setdefault(row["id"], {name: row[name] for name in KEPT})
            self._compare(row, cards[row["id"]], first)

    def _compare(self, row: Mapping[str, Any], card: Card, first: Mapping[str, Any]) -> None:
        story = "\n".join(self.story)
        found = {
            name: row[name] for name in ("status", "priority", "subject", "version", "archived", "deleted")
        }
        assert found == {name: getattr(card, name) for name in found}, story
        assert row["assignee_id"] == self._id(card.assignee), story
        assert row["team_id"] == self._team(card.team), story
        assert row["tags"] == [*card.tags], story
        assert row["merged_into"] == (card.merged_into and card.merged_into.id), story
        assert (row["resolved"], row["closed"]) == (bool(card.resolved), bool(card.closed)), story

        timeline = row["timeline"]
        assert [entry["action"] for entry in timeline] == card.actions, story
        assert [entry["sequence"] for entry in timeline] == [*range(1, row["last_sequence"] + 1)], story
        told = [[entry["sequence"], f"ticket.{entry['action']}", entry["changes"]] for entry in timeline]
        assert row["events"] == told, story
        assert replayed(first, timeline) == {name: row[name] for name in KEPT}, story

    def compare_answers(self) -> None:
        """At the end everybody sees of each ticket what the model says."""
        for card in self.model.cards:
            for name, who in PEOPLE.items():
                reply = self.desk.as_(self.people[name]).get(f"/v1/tickets/{card.id}")
                assert reply.status == (200 if sees(who, card) else 404), self.told(reply)
                if reply.status == 200:
                    self._hold_answer(reply, who, card)


def can(who: Who, what: str, card: Card) -> bool:
    """Whether the table lets one do it to a ticket, by some body or other."""
    if what in ("delete", "restore"):
        return who.name == "ada" and card.deleted == (what == "restore")
    if what in VERBS:
        return sees(who, card) and what in allowed(who, card) and (what != "split" or bool(card.comments))
    return sees(who, card)


def replayed(first: Mapping[str, Any], timeline: list[dict[str, Any]]) -> dict[str, Any]:
    """What a ticket is by its timeline: each entry goes on from where the one before has left it. What it was
    created as stands in the entry itself."""
    kept = dict(first)
    for entry in timeline[1:]:
        for name, change in entry["changes"].items():
            if name in kept:
                assert change["from"] == kept[name], (entry, kept)
                kept[name] = change["to"]
    return kept


def made_by(reply: Reply) -> tuple[str, str]:
    """Id and label of the ticket that an answer shows; nothing of a refusal."""
    return reply.json.get("id", ""), reply.json.get("label", "")


def plain_body(body: Any) -> Any:
    return plain(body) if isinstance(body, dict) else body
