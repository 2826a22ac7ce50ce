"""Values that no field can hold are the caller's to mend: 422, however deep they get."""

from uuid import UUID

import pytest
from sqlalchemy import text

from chalicelib.core.paging import encode
from chalicelib.tickets import listing
from tests.support.for_each import for_each
from tests.support.service_desk import ServiceDesk

ID = UUID("0190c0de-0000-7000-8000-000000000001")


@for_each("number", [2**31, 2**62, -(2**31) - 1])
def test_a_forged_cursor_is_refused(desk: ServiceDesk, number: int) -> None:
    ticket = desk.ticket()
    rank, sequence = encode("priority", (number, ID)), encode("sequence", (number,))
    ada = desk.as_(desk.cast.ada)

    replies = [
        ada.get(f"/v1/tickets?sort=priority&cursor={rank}"),
        ada.get(f"/v1/tickets/{ticket['id']}/timeline?cursor={sequence}"),
    ]

    assert [(r.status, r.json["errors"][0]["field"]) for r in replies] == [(422, "cursor")] * 2


def test_the_audit_log_goes_on_past_what_an_integer_holds(desk: ServiceDesk) -> None:
    ada = desk.as_(desk.cast.ada)
    first = ada.get("/v1/audit-log")
    assert first.status == 200, first.text

    assert ada.get(f"/v1/audit-log?cursor={encode('-sequence', (2**62,))}").status == 200


@for_each(
    "refused",
    [
        "CAST(9999999999 AS bigint)::integer",
        "CAST('x' AS uuid)",
        "CAST('soon' AS timestamptz)",
        "CAST('2026-13-45' AS date)",
    ],
)
def test_what_only_the_database_refuses_is_no_defect_of_ours(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    monkeypatch.setattr(listing, "_page", lambda *_: text(f"SELECT {refused}, :workspace_id, :take, :skip"))

    reply = desk.as_(desk.cast.ada).get("/v1/tickets")

    assert (reply.status, reply.code) == (422, "VALIDATION_ERROR")


def test_a_database_error_of_another_kind_is_a_defect(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_page", lambda *_: text("SELECT 1 / (:take - :take), :workspace_id, :skip"))

    assert desk.as_(desk.cast.ada).get("/v1/tickets").status == 500


@for_each(
    "query, field, message",
    [
        ("assignee=somebody", "assignee", "This is no UUID. Or: Input should be 'me' or 'none'."),
        ("requester=somebody", "requester", "This is no UUID. Or: Input should be 'me'."),
        ("limit=x", "limit", None),
    ],
)
def test_a_field_of_alternatives_has_one_problem(
    desk: ServiceDesk, query: str, field: str, message: str | None
) -> None:
    reply = desk.as_(desk.cast.ada).get(f"/v1/tickets?{query}")

    (problem,) = reply.json["errors"]
    assert problem["field"] == field
    assert message in (None, problem["message"])


def test_a_list_names_the_item_at_fault(desk: ServiceDesk) -> None:
    body = {"asunto": "x" * 201, "description": "B", "tags": ["fine", "not fine"]}

    reply = desk.as_(desk.cast.ada).post("/v1/tickets", body)

    assert sorted(e["field"] for e in reply.json["errors"]) == ["asunto", "tags.1"]
