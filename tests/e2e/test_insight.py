"""Insight on the deployed stack: what is done over HTTP is in the figures within seconds, by queue and
Lambda."""

from typing import Any

from local.stack import Stack
from tests.e2e.http import Http, awaited
from tests.support.database import Database

PASSWORD = "violet staple horse"
FIGURES = """
    SELECT f.* FROM workspaces w
    CROSS JOIN LATERAL fn_insight_figures(w.id, current_date - 1, current_date + 1) f
    WHERE w.slug = :slug
"""
COUNTED = ("created", "resolved", "first_responses", "resolutions")


def test_a_ticket_is_counted_within_seconds(http: Http, stack: Stack) -> None:
    owner = {"admin_email": "ada@figures.example", "admin_password": PASSWORD}
    registered = http.post("/v1/auth/register", {"workspace_name": "Figures", **owner}).json
    ada = http.with_token(registered["access_token"])
    database = Database(stack.cluster.dsn("postgres", "mesa"))

    def figures(*expected: int) -> Any:
        rows = database.rows(FIGURES, slug="figures")
        return [tuple(row[name] for name in COUNTED) for row in rows] == [expected]

    ticket = ada.post("/v1/tickets", {"subject": "No paper", "description": "Since Monday."}).json
    awaited("the creation", lambda: figures(1, 0, 0, 0), seconds=20)
    resolved = ada.post(f"/v1/tickets/{ticket['id']}/resolve", {"resolution": "Filled up."})
    assert resolved.status == 200, resolved.text
    awaited("the resolution", lambda: figures(1, 1, 0, 1), seconds=20)
    database.close()
