"""Short cuts that tests of the API share: open a ticket as somebody, move it to a state, look at it."""

from typing import Any
from uuid import UUID

from tests.support.api import Api, Reply
from tests.support.cast import Cast, Person


class ServiceDesk:
    """The API as each of the cast sees it."""

    def __init__(self, api: Api, cast: Cast) -> None:
        self.api = api
        self.cast = cast

    def as_(self, person: Person) -> Api:
        return self.api.with_token(person.token)

    def ticket(self, by: Person | None = None, **fields: Any) -> dict[str, Any]:
        """A new ticket, Carol's unless somebody else opens it."""
        body = {"subject": "VPN drops", "description": "Every hour, since the update.", **plain(fields)}
        reply = self.as_(by or self.cast.carol).post("/v1/tickets", body)
        assert reply.status == 201, reply.text
        return dict(reply.json)

    def networks_ticket(self, **fields: Any) -> dict[str, Any]:
        """Carol's ticket in Ana's team, opened by the dispatcher for her."""
        return self.ticket(
            self.cast.dario,
            **{"requester_id": self.cast.carol.id, "team_id": self.cast.teams["Networks"], **fields},
        )

    def do(self, who: Person, ticket: dict[str, Any], verb: str, **body: Any) -> Reply:
        return self.as_(who).post(f"/v1/tickets/{ticket['id']}/{verb}", plain(body))

    def comment(self, who: Person, ticket: dict[str, Any], body: str, **fields: Any) -> dict[str, Any]:
        reply = self.as_(who).post(f"/v1/tickets/{ticket['id']}/comments", {"body": body, **fields})
        assert reply.status == 201, reply.text
        return dict(reply.json)

    def patch(self, who: Person, ticket: dict[str, Any], **fields: Any) -> Reply:
        """With the version that the ticket was seen at."""
        return self.as_(who).patch(
            f"/v1/tickets/{ticket['id']}", plain(fields), If_Match=f'"{ticket["version"]}"'
        )

    def in_status(self, status: str) -> dict[str, Any]:
        """A ticket of Carol's, in team Networks, unassigned, brought to this status by Dario."""
        ticket = self.networks_ticket()
        steps: dict[str, list[tuple[str, dict[str, Any]]]] = {
            "new": [],
            "open": [("assign", {"assignee_id": self.cast.ana.id}), ("assign", {"assignee_id": None})],
            "pending": [("pause", {"waiting_on": "customer", "reason": "asked"})],
            "on_hold": [("pause", {"waiting_on": "other", "reason": "ordered"})],
            "resolved": [("resolve", {"resolution": "Done."})],
            "closed": [("resolve", {"resolution": "Done."}), ("close", {})],
            "cancelled": [("cancel", {"reason": "not needed"})],
        }
        for verb, body in steps[status]:
            reply = self.do(self.cast.dario, ticket, verb, **body)
            assert reply.status == 200, reply.text
            ticket = reply.json
        assert ticket["status"] == status
        return ticket

    def detail(self, who: Person, ticket: dict[str, Any]) -> dict[str, Any]:
        reply = self.as_(who).get(f"/v1/tickets/{ticket['id']}")
        assert reply.status == 200, reply.text
        return dict(reply.json)

    def actions(self, ticket: dict[str, Any]) -> list[str]:
        """The timeline as the admin sees it."""
        return [entry["action"] for entry in self.detail(self.cast.ada, ticket)["timeline"]]

    def labels(self, who: Person, query: str = "") -> list[str]:
        reply = self.as_(who).get(f"/v1/tickets?{query}")
        assert reply.status == 200, reply.text
        return [item["label"] for item in reply.json["items"]]


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Ids as JSON has them."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()}
