"""A desk of the deployed stack, and who signs in there."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.http import Http

PASSWORD = "a fine long passphrase"
TEAMS = {"ana": "Networks", "ben": "Apps"}
# What the document's examples call a team, and the collections whose examples stand alone.
EXAMPLE_TEAM = "0190c0de-0000-7000-8000-000000000002"
EXAMPLES = (
    *("categories", "custom-fields", "macros", "rules", "organisations"),
    *("api-keys", "integrations", "views", "calendars"),
)
CAST = {
    **{"dario": "dispatcher", "ana": "agent", "ben": "agent"},
    **{"carol": "customer", "chris": "customer"},
}


@dataclass
class Desk:
    """Ada is its admin. Everybody's address is their name at `domain`, and their password PASSWORD."""

    http: Http
    slug: str
    domain: str
    ids: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    _good_until: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, role: str, **more: Any) -> None:
        """Somebody new; `more`: what else POST /v1/users takes."""
        body = {"name": name.title(), "email": self.email(name), "role": role, "password": PASSWORD, **more}
        reply = self.calls("ada").post("/v1/users", body)
        assert reply.status == 201, reply.text
        self.ids[name] = reply.json["id"]

    def email(self, name: str) -> str:
        return f"{name}@{self.domain}"

    def tokens(self, name: str) -> dict[str, Any]:
        """What signing in answered; anew before it ends, where tests take their time."""
        if time.monotonic() > self._good_until.get(name, 0):
            tokens = self.http.sign_in(self.email(name), PASSWORD, workspace=self.slug)
            self._tokens[name] = tokens
            self._good_until[name] = time.monotonic() + tokens["expires_in"] / 2
        return self._tokens[name]

    def calls(self, name: str) -> Http:
        """The API as they have signed in."""
        return self.http.with_token(self.tokens(name)["access_token"])


def desk(http: Http, name: str) -> Desk:
    """A desk of this name, with Ada alone."""
    domain = f"{name.lower()}.example"
    owner = {"admin_name": "Ada", "admin_email": f"ada@{domain}", "admin_password": PASSWORD}
    reply = http.post("/v1/auth/register", {"workspace_name": name, **owner})
    assert reply.status == 201, reply.text
    made = Desk(http, reply.json["workspace"]["slug"], domain)
    made.ids["ada"] = reply.json["user"]["id"]
    return made


def staffed(http: Http, name: str) -> Desk:
    """The same with the cast: Dario dispatches, Ana is of team Networks, Ben of Apps, Carol and Chris ask."""
    made = desk(http, name)
    teams = {
        who: made.calls("ada").post("/v1/teams", {"name": team}).json["id"] for who, team in TEAMS.items()
    }
    for who, role in CAST.items():
        made.add(who, role, **({"team_ids": [teams[who]]} if who in teams else {}))
    return made


def furnished(desk: Desk) -> dict[str, str]:
    """A staffed desk gets something of everything that the API's document has an example of, and a ticket of
    Carol's with a conversation. Ids by `ticket` and by collection."""
    ada, carol, ana = (desk.calls(name) for name in ("ada", "carol", "ana"))
    team = next(each["id"] for each in ada.get("/v1/teams").json["items"] if each["name"] == "Networks")
    paths = ada.get("/v1/openapi.json").json["paths"]
    made = {}
    for collection in EXAMPLES:
        body = paths[f"/v1/{collection}"]["post"]["requestBody"]["content"]["application/json"]["example"]
        reply = ada.post(f"/v1/{collection}", json.loads(json.dumps(body).replace(EXAMPLE_TEAM, team)))
        assert reply.status == 201, f"{collection}: {reply.text}"
        made[collection] = reply.json.get("id") or ""
    requests = {"VPN drops every hour": "high", "A second screen": "low", "No access to it": "urgent"}
    for subject, priority in requests.items():
        request = {"subject": subject, "description": f"{subject}, since Monday.\n\nCould you look at it?"}
        made["ticket"] = carol.post("/v1/tickets", request).json["id"]
        changed = ada.post(f"/v1/tickets/{made['ticket']}/reclassify", {"priority": priority})
        assert changed.status == 200, changed.text
    path = f"/v1/tickets/{made['ticket']}"
    given = {"assignee_id": desk.ids["ana"], "team_id": team}
    assert ada.post(f"{path}/assign", given).status == 200
    note = {"body": "Ben moved it.", "visibility": "internal"}
    for body in ({"body": "Which folder is it?"}, note):
        assert ana.post(f"{path}/comments", body).status == 201
    assert carol.post(f"{path}/comments", {"body": "That of 2024:\n\n1. scans\n2. letters"}).status == 201
    assert ana.post(f"{path}/pause", {"waiting_on": "other", "reason": "Ben is back at two."}).status == 200
    return made
