"""The demo workspace, made through the API itself as any client would make it."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from local.errors import StackError
from local.files import new_password, read_json, write_json

WORKSPACE = "demo"
TEAM = "Networks"
PEOPLE = [
    {"role": "admin", "name": "Ada Admin", "email": "admin@demo.example"},
    {"role": "dispatcher", "name": "Dario Dispatcher", "email": "dispatcher@demo.example"},
    {"role": "agent", "name": "Ana Agent", "email": "agent@demo.example"},
    {"role": "customer", "name": "Carol Customer", "email": "customer@demo.example"},
]
TICKETS = [
    {
        "subject": "The printer on floor 3 is offline",
        "description": "It has blinked red since this morning and the queue is stuck.",
        "type": "incident",
        "priority": "high",
    },
    {
        "subject": "A laptop for our new colleague",
        "description": "She starts on the first of next month and needs the usual set-up.",
        "type": "resource_request",
        "priority": "medium",
    },
    {
        "subject": "How do I reach the VPN from abroad?",
        "description": "I travel next week. Is there anything I should install before?",
        "type": "question",
        "priority": "low",
    },
]


def seed(api_url: str, path: Path) -> list[dict[str, str]]:
    """Makes the workspace, its people and some tickets, unless they are there already.

    Returns the accounts: role, name, email and password. The passwords are random and kept in `path`.
    """
    known = read_json(path)
    if not known:
        known = {"accounts": [{**person, "password": new_password()} for person in PEOPLE], "complete": False}
        write_json(path, known)
    accounts: list[dict[str, str]] = known["accounts"]
    if not known["complete"]:
        _make_workspace(api_url, accounts)
        write_json(path, {**known, "complete": True})
    return accounts


def _make_workspace(api_url: str, accounts: list[dict[str, str]]) -> None:
    admin, *others = accounts
    token = _sign_in(api_url, admin) or _register(api_url, admin)
    teams = _call(api_url, "GET", "/v1/teams?limit=100", token=token)["items"]
    team = next((team for team in teams if team["name"] == TEAM), None)
    team = team or _call(api_url, "POST", "/v1/teams", {"name": TEAM}, token=token)
    users = _call(api_url, "GET", "/v1/users?limit=100", token=token)["items"]
    there = {user["email"] for user in users}
    for account in others:
        if account["email"] not in there:
            teams_of = {"team_ids": [team["id"]]} if account["role"] == "agent" else {}
            _call(api_url, "POST", "/v1/users", {**account, **teams_of}, token=token)
    customer = _sign_in(api_url, next(account for account in accounts if account["role"] == "customer"))
    for number, ticket in enumerate(TICKETS):
        headers = {"Idempotency-Key": f"demo-ticket-{number}"}
        _call(api_url, "POST", "/v1/tickets", ticket, token=customer, headers=headers)


def _register(api_url: str, admin: dict[str, str]) -> str:
    body = {
        "workspace_name": WORKSPACE.title(),
        "admin_name": admin["name"],
        "admin_email": admin["email"],
        "admin_password": admin["password"],
    }
    token: str = _call(api_url, "POST", "/v1/auth/register", body)["access_token"]
    return token


def _sign_in(api_url: str, account: dict[str, str]) -> str | None:
    body = {"email": account["email"], "password": account["password"], "workspace": WORKSPACE}
    answer = _call(api_url, "POST", "/v1/auth/login", body, refused=(401,))
    return answer.get("access_token")


def _call(
    api_url: str,
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str | None = None,
    headers: dict[str, str] | None = None,
    refused: tuple[int, ...] = (),
) -> dict[str, Any]:
    """One call; {} where it is refused with one of the statuses that the caller expects."""
    request = urllib.request.Request(f"{api_url}{path}", method=method, headers=headers or {})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        if error.code in refused:
            return {}
        raise StackError(f"The demo workspace could not be made: {method} {path}: {text}") from error
    except OSError as error:
        raise StackError(f"The demo workspace could not be made: {method} {path}: {error}") from error
