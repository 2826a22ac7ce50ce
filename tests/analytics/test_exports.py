"""Rows taken out: what is in the file is what the lists say, for whoever asks and for nobody else."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.cast import Cast, Person
from tests.support.exports import Exports
from tests.support.service_desk import ServiceDesk

RUNNING = ("hours_remaining",)


def listed(desk: ServiceDesk, who: Person, **filters: Any) -> list[dict[str, Any]]:
    """All that the list shows, whole as the ticket itself does, in the order of their making."""
    query = urlencode({**filters, "limit": 100, "sort": "created_at"}, doseq=True)
    items = desk.as_(who).get(f"/v1/tickets?{query}").json["items"]
    return [desk.detail(who, item) for item in items]


def same(exported: dict[str, Any], shown: dict[str, Any]) -> bool:
    """Whether each field that both have is the same, but for what moves with the clock."""
    policy = {**shown, "sla": {"policy": shown["sla"]["policy"]}}
    shared = (exported.keys() & policy.keys()) - set(RUNNING)
    return shared >= policy.keys() - {"comments", "timeline", *RUNNING} and all(
        moment(exported[name]) == moment(policy[name]) for name in shared
    )


def moment(value: Any) -> Any:
    """Times without the zeros that one leaves out."""
    if isinstance(value, str) and value.endswith("Z") and "." in value:
        return value[:-1].rstrip("0").rstrip(".")
    if isinstance(value, str) and value.endswith("Z"):
        return value[:-1]
    if isinstance(value, dict):
        return {name: moment(inner) for name, inner in value.items()}
    return [moment(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
def busy(desk: ServiceDesk, cast: Cast) -> list[dict[str, Any]]:
    """A desk with tickets in every state, of both teams, with files of texts that hurt."""
    states = ("new", "open", "pending", "on_hold", "resolved", "closed", "cancelled")
    made = [desk.in_status(status) for status in states]
    apps = desk.ticket(
        cast.dario,
        subject='=HYPERLINK("https://evil.example")',
        description='Two\nlines, a "quote", and ＝1',
        team_id=cast.teams["Apps"],
        requester_id=cast.chris.id,
        tags=["vip", "outage"],
        custom_fields={"product": "laptop", "floor": -3},
        priority="urgent",
        category="Hardware",
    )
    desk.comment(cast.chris, apps, "@SUM(1)")
    desk.comment(cast.ben, apps, "Between us: =1+1", visibility="internal")
    return [*made, apps]


class TestTickets:
    @pytest.mark.parametrize("who", ["ada", "dario", "ana", "ben"])
    def test_case_17_an_export_has_the_tickets_that_its_asker_sees_as_they_are_shown(
        self, desk: ServiceDesk, cast: Cast, exports: Exports, busy: list[dict[str, Any]], who: str
    ) -> None:
        person = getattr(cast, who)

        exported = exports.objects(person, "tickets")

        shown = listed(desk, person)
        assert [each["id"] for each in exported] == [each["id"] for each in shown]
        assert all(same(*pair) for pair in zip(exported, shown, strict=True))
        assert len(shown) == {"ada": 8, "dario": 8, "ana": 7, "ben": 1}[who]

    @pytest.mark.parametrize(
        "filters",
        [
            {"status": ["new", "open"]},
            {"priority": ["urgent"]},
            {"type": ["complaint"]},
            {"assignee": "none"},
            {"assignee": "me"},
            {"tag": "vip"},
            {"query": "laptop OR evil"},
            {"query": "VPN"},
            {"breached": True},
            {"breached": False},
            {"custom_field": ["product:laptop"]},
            {"created_within_days": 1},
            {"created_before": "2026-01-01T00:00:00Z"},
            {"team": "mine"},
            {"organisation": "none"},
            {"requester": "me"},
            {"archived": True},
        ],
        ids=str,
    )
    def test_a_filter_means_what_it_means_to_the_list(
        self,
        desk: ServiceDesk,
        cast: Cast,
        exports: Exports,
        busy: list[dict[str, Any]],
        filters: dict[str, Any],
    ) -> None:
        desk.as_(cast.ada).post("/v1/custom-fields", {"key": "product", "name": "Product", "type": "text"})
        desk.do(cast.dario, busy[5], "archive")

        exported = exports.objects(cast.dario, "tickets", filter=filters)

        asked = {
            name: value if name == "custom_field" else ",".join(value) if isinstance(value, list) else value
            for name, value in filters.items()
        }
        asked = {
            name: str(value).lower() if value in (True, False) else value for name, value in asked.items()
        }
        assert sorted(each["id"] for each in exported) == sorted(
            each["id"] for each in listed(desk, cast.dario, **asked)
        )

    def test_csv_says_the_same_as_json_lines(
        self, cast: Cast, exports: Exports, busy: list[dict[str, Any]]
    ) -> None:
        objects = exports.objects(cast.ada, "tickets")
        rows = exports.rows(cast.ada, "tickets")

        assert [row["id"] for row in rows] == [each["id"] for each in objects]
        apps = rows[-1]
        assert apps["subject"] == '\'=HYPERLINK("https://evil.example")'
        assert apps["description"] == 'Two\nlines, a "quote", and ＝1'
        assert (apps["requester.email"], apps["team.name"]) == (str(cast.chris.email), "Apps")
        assert (apps["tags"], apps["custom_fields"]) == ("vip, outage", '{"floor": -3, "product": "laptop"}')
        assert (apps["assignee.id"], apps["resolved_at"], apps["breached"]) == ("", "", "false")
        assert float(apps["hours_remaining"]) == pytest.approx(4, abs=0.1)
        for row, each in zip(rows, objects, strict=True):
            assert row["created_at"] == each["created_at"]
            assert row["sla_minutes"] == ("" if each["sla_minutes"] is None else str(each["sla_minutes"]))
