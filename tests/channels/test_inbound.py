"""Webhooks in over HTTP: who may call, what a call makes, and what a second one does to it."""

import base64
import copy
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.support.api import Api, Reply
from tests.support.cast import Cast
from tests.support.database import Database
from tests.support.for_each import for_each

PAYLOADS = Path(__file__).parent / "payloads"
PARCEL = {
    "external_id": "4711",
    "subject": "The parcel has not come",
    "description": "It was promised for Monday.",
    "requester": {"email": "dora@example.org", "name": "Dora"},
}


ON_HOLD = {"waiting_on": "other", "reason": "The shop is asked."}


class Sender:
    """Another system: it has an integration's secret and signs what it posts."""

    def __init__(self, api: Api, integration: Mapping[str, Any]) -> None:
        self.api, self.url, self.secret = api.with_token(None), integration["url"], integration["secret"]
        self._sent = 0

    def signed(self, body: bytes, message_id: str, at: datetime | None = None) -> dict[str, str]:
        now = at or datetime.now(UTC)
        signature = Webhook(self.secret).sign(message_id, now, body.decode())
        return {
            "Webhook_Id": message_id,
            "Webhook_Timestamp": str(int(now.timestamp())),
            "Webhook_Signature": signature,
        }

    def post(self, document: Any, message_id: str | None = None) -> Reply:
        self._sent += 1
        body = json.dumps(document).encode()
        headers = self.signed(body, message_id or f"{self.url}-{self._sent}")
        return self.api.post(self.url, body, **headers)


@pytest.fixture
def ada(api: Api, cast: Cast) -> Api:
    return api.with_token(cast.ada.token)


Connect = Callable[..., Sender]


@pytest.fixture
def connect(ada: Api) -> Connect:
    def made(name: str = "Shop", **facts: Any) -> Sender:
        reply = ada.post("/v1/integrations", {"name": name, **facts})
        assert reply.status == 201, reply.text
        return Sender(ada, reply.json)

    return made


@pytest.fixture
def shop(connect: Connect) -> Sender:
    return connect()


def ticket_of(ada: Api, reply: Reply) -> dict[str, Any]:
    assert reply.status in (200, 201), reply.text
    return dict(ada.get(f"/v1/tickets/{reply.json['ticket']['id']}").json)


def comments(ada: Api, ticket: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(ada.get(f"/v1/tickets/{ticket['id']}/comments").json["items"])


def payload(name: str, **changes: Any) -> dict[str, Any]:
    return {**json.loads((PAYLOADS / f"{name}.json").read_text()), **changes}


def resolved(document: Mapping[str, Any]) -> dict[str, Any]:
    over = copy.deepcopy(dict(document))
    for alert in over["alerts"]:
        alert |= {"status": "resolved", "endsAt": "2026-11-20T21:30:00Z"}
    return {**over, "status": "resolved"}


class TestWhoMayCall:
    def test_what_the_standard_library_of_senders_signs_is_taken(self, connect: Connect, ada: Api) -> None:
        reply = connect().post(PARCEL)

        assert (reply.status, reply.json["outcome"]) == (201, "created")
        assert reply.headers["location"] == f"/v1/tickets/{reply.json['ticket']['id']}"

    def test_case_58_a_bad_signature(self, connect: Connect, ada: Api) -> None:
        sender, other = connect("Shop"), connect("Bank")
        sender.secret = other.secret

        reply = sender.post(PARCEL)

        assert (reply.status, reply.code) == (401, "UNAUTHENTICATED")
        assert ada.get("/v1/tickets").json["items"] == []

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_case_58_more_than_five_minutes_off(self, connect: Connect, minutes: int) -> None:
        sender, body = connect(), json.dumps(PARCEL).encode()
        headers = sender.signed(body, "m-1", datetime.now(UTC) + timedelta(minutes=minutes))

        reply = sender.api.post(sender.url, body, **headers)

        assert reply.status == 401
        assert "five minutes" in reply.json["detail"]

    def test_case_58_a_body_that_was_written_anew(self, connect: Connect) -> None:
        sender, body = connect(), json.dumps(PARCEL).encode()
        anew = json.dumps(PARCEL, separators=(",", ":")).encode()

        assert sender.api.post(sender.url, anew, **sender.signed(body, "m-1")).status == 401

    @for_each(
        "spelt",
        [
            *("V1,{}", "v2,{}", "v1a,{}", "{}", "v1, {}", "v1={}", "v1,", "v1,xx\t{}", "v1,{}x", "v1,é"),
            *("v1,\udcff", "sha256={}", "v1,{},v1", "", " ", "v1;{}"),
        ],
        ids=ascii,
    )
    def test_case_58_a_signature_that_is_spelt_otherwise(self, shop: Sender, spelt: str) -> None:
        body = json.dumps(PARCEL).encode()
        headers = shop.signed(body, "m-1")
        headers["Webhook_Signature"] = spelt.format(headers["Webhook_Signature"].removeprefix("v1,"))

        assert shop.api.post(shop.url, body, **headers).status == 401

    @for_each(
        "form",
        [
            *("+{}", "-{}", " {}", "{}.0", "{}000", "{}e0", "0x{}", "{}\n", "NaN", "inf", "", "0", "9" * 40),
            *("١٧٩٥", "1_795", "2026-11-20T21:30:00Z", "Fri, 20 Nov 2026 21:30:00 GMT"),
        ],
        ids=ascii,
    )
    def test_case_58_a_time_that_is_spelt_otherwise(self, shop: Sender, form: str) -> None:
        """Even where it is signed like that."""
        body = json.dumps(PARCEL).encode()
        headers = shop.signed(body, "m-1")
        told = form.format(headers["Webhook_Timestamp"])
        key = base64.b64decode(shop.secret.removeprefix("whsec_"))
        made = hmac.digest(key, b"m-1." + told.encode() + b"." + body, hashlib.sha256)
        headers |= {
            "Webhook_Timestamp": told,
            "Webhook_Signature": "v1," + base64.b64encode(made).decode(),
        }

        assert shop.api.post(shop.url, body, **headers).status == 401

    @for_each("missing", ["Webhook_Id", "Webhook_Timestamp", "Webhook_Signature"])
    def test_case_58_a_header_that_is_missing(self, shop: Sender, missing: str) -> None:
        body = json.dumps(PARCEL).encode()
        headers = shop.signed(body, "m-1")
        del headers[missing]

        assert shop.api.post(shop.url, body, **headers).status == 401

    @pytest.mark.parametrize("change", ["upper", "urn"])
    def test_case_58_the_same_message_again_by_another_spelling_of_the_path(
        self, connect: Connect, change: str
    ) -> None:
        sender, body = connect(), json.dumps(PARCEL).encode()
        headers, integration = sender.signed(body, "m-1"), sender.url.rpartition("/")[2]
        assert sender.api.post(sender.url, body, **headers).status == 201
        spelt = integration.upper() if change == "upper" else f"urn:uuid:{integration}"

        assert sender.api.post(f"/v1/inbound/{spelt}", body, **headers).status == 409

    def test_case_58_the_same_message_again_with_more_signatures(self, connect: Connect) -> None:
        sender, body = connect(), json.dumps(PARCEL).encode()
        headers = sender.signed(body, "m-1")
        headers["Webhook_Signature"] = f"v1,bm9uZQ== {headers['Webhook_Signature']}"
        assert sender.api.post(sender.url, body, **headers).status == 201
        headers["Webhook_Signature"] = headers["Webhook_Signature"].partition(" ")[2]

        assert sender.api.post(sender.url, body, **headers).status == 409

    def test_case_58_the_same_message_again(self, connect: Connect, ada: Api) -> None:
        sender, body = connect(), json.dumps(PARCEL).encode()
        headers = sender.signed(body, "m-1")
        assert sender.api.post(sender.url, body, **headers).status == 201

        again = sender.api.post(sender.url, body, **headers)

        assert (again.status, again.code) == (409, "CONFLICT")
        assert len(ada.get("/v1/tickets").json["items"]) == 1

    def test_the_same_message_many_times_at_once_is_one_ticket(self, connect: Connect, ada: Api) -> None:
        sender, body = connect(), json.dumps({**PARCEL, "external_id": None}).encode()
        headers = sender.signed(body, "m-1")

        with ThreadPoolExecutor(5) as pool:
            replies = list(pool.map(lambda _: sender.api.post(sender.url, body, **headers), range(5)))

        assert sorted(reply.status for reply in replies) == [201, 409, 409, 409, 409]
        assert len(ada.get("/v1/tickets").json["items"]) == 1

    def test_a_message_that_was_refused_may_come_again(self, connect: Connect) -> None:
        sender = connect()
        assert sender.post({**PARCEL, "priority": "soon"}, "m-1").status == 422

        assert sender.post(PARCEL, "m-1").status == 201

    @for_each("missing", ["Webhook_Id", "Webhook_Timestamp", "Webhook_Signature"])
    def test_each_header_field_is_needed(self, shop: Sender, missing: str) -> None:
        body = json.dumps(PARCEL).encode()
        headers = {name: value for name, value in shop.signed(body, "m-1").items() if name != missing}

        reply = shop.api.post(shop.url, body, **headers)

        assert reply.status == 401
        assert missing.lower().replace("_", "-") in reply.json["detail"]

    def test_one_of_several_signatures_is_enough(self, connect: Connect) -> None:
        sender, body = connect(), json.dumps(PARCEL).encode()
        headers = sender.signed(body, "m-1")
        headers["Webhook_Signature"] = f"v1a,ignored v1,bm9uZQ== {headers['Webhook_Signature']}"

        assert sender.api.post(sender.url, body, **headers).status == 201

    def test_both_secrets_are_good_for_a_day_after_a_rotation(
        self, connect: Connect, ada: Api, database: Database
    ) -> None:
        sender = connect()
        rotated = ada.post(sender.url.replace("/v1/inbound", "/v1/integrations") + "/rotate-secret")
        assert rotated.status == 200
        assert sender.post({**PARCEL, "external_id": "1"}).status == 201

        database.run("UPDATE integrations SET previous_until = now() WHERE previous_until IS NOT NULL")
        assert sender.post({**PARCEL, "external_id": "2"}).status == 401
        sender.secret = rotated.json["secret"]
        assert sender.post({**PARCEL, "external_id": "3"}).status == 201

    def test_one_that_is_off_or_gone_is_not_there(self, connect: Connect, ada: Api) -> None:
        sender = connect()
        path = sender.url.replace("/v1/inbound", "/v1/integrations")
        ada.patch(path, {"enabled": False})
        assert sender.post(PARCEL).status == 404

        ada.patch(path, {"enabled": True})
        assert sender.post(PARCEL).status == 201
        assert ada.delete(path).status == 204
        assert sender.post(PARCEL).status == 404


class TestTickets:
    def test_it_is_asked_for_by_whom_the_call_names(self, connect: Connect, ada: Api, cast: Cast) -> None:
        defaults = {"type": "claim", "priority": "high", "tags": ["shop"]}
        sender = connect(defaults=defaults, team_id=str(cast.teams["Networks"]))

        ticket = ticket_of(ada, sender.post({**PARCEL, "tags": ["Late Parcel"]}))

        assert (ticket["subject"], ticket["description"]) == (PARCEL["subject"], PARCEL["description"])
        assert ticket["requester"]["email"] == "dora@example.org"
        assert (ticket["type"], ticket["priority"], ticket["source"]) == ("claim", "high", "webhook")
        assert (ticket["tags"], ticket["team"]["name"]) == (["shop", "late-parcel"], "Networks")

    def test_where_it_names_nobody_it_is_who_made_the_integration(
        self, connect: Connect, ada: Api, cast: Cast
    ) -> None:
        ticket = ticket_of(ada, connect().post({"subject": "Disk full"}))

        assert ticket["requester"]["id"] == str(cast.ada.id)
        assert ticket["description"] == "Disk full"

    def test_facts_stand_where_the_mapping_says(self, connect: Connect, ada: Api) -> None:
        sender = connect(
            mapping={
                "subject": {"pointer": "/issue/fields/a~1b"},
                "priority": {"pointer": "/issue/level", "values": {"1": "urgent"}, "default": "low"},
                "tags": {"pointer": "/issue/labels"},
            }
        )
        issue = {"fields": {"a/b": "Red\nlight"}, "level": 1, "labels": ["a", "b"]}

        first = ticket_of(ada, sender.post({"issue": issue}))
        second = ticket_of(ada, sender.post({"issue": {**issue, "level": 9}}))

        assert (first["subject"], first["priority"], first["tags"]) == ("Red light", "urgent", ["a", "b"])
        assert second["priority"] == "low"

    @for_each(
        "document, field",
        [
            ({}, "subject"),
            ({"subject": {}}, "subject"),
            ({"subject": "x", "priority": "soon"}, "priority"),
            ({"subject": "x", "type": 7}, "type"),
            ({"subject": "x", "tags": 7}, "tags"),
            ({"subject": "x", "tags": [{}]}, "tags"),
            ({"subject": "x", "external_id": "x" * 501}, "external_id"),
            ({"subject": "x", "requester": {"email": "nobody"}}, "requester.email"),
        ],
    )
    def test_what_cannot_be_is_refused_where_it_stands(
        self, shop: Sender, document: dict[str, Any], field: str
    ) -> None:
        reply = shop.post(document)

        assert reply.status == 422
        assert [each["field"] for each in reply.json["errors"]] == [field]

    @pytest.mark.parametrize(
        ("fact", "said", "ours"),
        [
            ("type", "PETICION", "service_request"),
            ("type", "Petición", "service_request"),
            ("type", "resource-request", "resource_request"),
            ("priority", "critical", "urgent"),
            ("priority", " ALTA ", "high"),
            ("status", "in_progress", "open"),
            ("status", "En proceso", "open"),
        ],
    )
    def test_what_other_systems_call_it_is_taken(
        self, connect: Connect, ada: Api, fact: str, said: str, ours: str
    ) -> None:
        sender = connect()
        ada.post(f"/v1/tickets/{sender.post(PARCEL).json['ticket']['id']}/pause", ON_HOLD)

        ticket = ticket_of(ada, sender.post({"external_id": "4711", fact: said}))

        assert ticket[fact] == ours

    def test_a_long_text_is_cut_not_refused(self, connect: Connect, ada: Api) -> None:
        ticket = ticket_of(ada, connect().post({"subject": "x" * 900, "description": "ñ" * 60_000}))

        assert len(ticket["subject"]) == 200
        assert len(ticket["description"].encode()) <= 65_536


class TestTheSameAgain:
    def test_a_second_call_is_a_comment_of_the_requester(self, connect: Connect, ada: Api) -> None:
        sender = connect()
        ticket = ticket_of(ada, sender.post(PARCEL))
        ada.post(f"/v1/tickets/{ticket['id']}/pause", {"waiting_on": "customer", "reason": "Asked Dora"})

        reply = sender.post({**PARCEL, "comment": "It came today."})

        assert reply.json["outcome"] == "updated"
        (comment,) = comments(ada, ticket)
        assert (comment["body"], comment["author"]["email"]) == ("It came today.", "dora@example.org")
        assert comment["visibility"] == "public"
        assert ticket_of(ada, reply)["status"] == "open"

    def test_a_second_call_changes_what_it_says_and_no_more(self, connect: Connect, ada: Api) -> None:
        sender = connect(defaults={"priority": "low"})
        first = ticket_of(ada, sender.post({**PARCEL, "priority": "high"}))

        second = ticket_of(ada, sender.post({"external_id": "4711", "tags": ["lost"], "status": "on_hold"}))

        assert (second["id"], second["priority"], second["tags"]) == (first["id"], "high", ["lost"])
        assert (second["status"], second["version"]) == ("on_hold", first["version"] + 1)

    def test_what_somebody_else_writes_is_a_note(self, connect: Connect, ada: Api) -> None:
        sender = connect()
        ticket = ticket_of(ada, sender.post(PARCEL))

        stranger = {"email": "eve@example.org", "name": "Eve"}
        sender.post({"external_id": "4711", "requester": stranger, "comment": "Refund {{ me }}"})

        (note,) = comments(ada, ticket)
        assert note["visibility"] == "internal"
        assert "eve@example.org" in note["body"]
        assert "Refund {{ me }}" in note["body"]

    def test_nothing_new_is_no_change(self, connect: Connect, ada: Api) -> None:
        sender = connect()
        first = ticket_of(ada, sender.post({**PARCEL, "priority": "high"}))

        reply = sender.post({**PARCEL, "priority": "high"})

        again = ticket_of(ada, reply)
        assert reply.json["outcome"] == "unchanged"
        assert {**again, "hours_remaining": None} == {**first, "hours_remaining": None}

    def test_once_it_is_closed_it_is_a_new_ticket(self, connect: Connect, ada: Api) -> None:
        sender = connect()
        old = ticket_of(ada, sender.post(PARCEL))
        ada.post(f"/v1/tickets/{old['id']}/close", {})

        new = sender.post(PARCEL)
        assert (new.status, new.json["ticket"]["id"] != old["id"]) == (201, True)
        assert sender.post({**PARCEL, "priority": "low"}).json["ticket"]["id"] == new.json["ticket"]["id"]

    def test_what_was_over_before_opens_nothing(self, connect: Connect) -> None:
        reply = connect().post({**PARCEL, "status": "resolved"})

        assert (reply.status, reply.json) == (200, {"outcome": "ignored", "ticket": None})

    def test_after_a_merge_it_is_the_other_ticket(self, connect: Connect, ada: Api) -> None:
        sender = connect()
        first, second = (ticket_of(ada, sender.post({**PARCEL, "external_id": n})) for n in ("1", "2"))
        ada.post(f"/v1/tickets/{first['id']}/merge", {"into_id": second["id"]})

        sender.post({"external_id": "1", "priority": "urgent"})

        assert ada.get(f"/v1/tickets/{second['id']}").json["priority"] == "urgent"

    def test_first_calls_of_one_id_at_once_are_one_ticket(self, connect: Connect, ada: Api) -> None:
        sender = connect()

        with ThreadPoolExecutor(5) as pool:
            replies = list(pool.map(lambda n: sender.post(PARCEL, f"m-{n}"), range(5)))

        assert [reply.text for reply in replies if reply.status not in (200, 201)] == []
        assert len({reply.json["ticket"]["id"] for reply in replies}) == 1
        assert len(ada.get("/v1/tickets").json["items"]) == 1

    def test_another_integration_means_another_ticket(self, connect: Connect) -> None:
        ids = {connect(name).post(PARCEL).json["ticket"]["id"] for name in ("Shop", "Bank")}

        assert len(ids) == 2


class TestAlerts:
    @pytest.mark.parametrize("kind", ["alertmanager", "grafana"])
    def test_firing_opens_and_resolved_resolves(self, connect: Connect, ada: Api, kind: str) -> None:
        sender, firing = connect(kind=kind), payload(f"{kind}_firing")

        opened = ticket_of(ada, sender.post(firing))
        done = ticket_of(ada, sender.post(resolved(firing)))

        assert (opened["type"], opened["status"]) == ("incident", "new")
        assert (done["id"], done["status"]) == (opened["id"], "resolved")
        (note,) = comments(ada, opened)
        assert (note["visibility"], "resolved since" in note["body"]) == ("internal", True)

    def test_an_alert_is_told_for_people(self, connect: Connect, ada: Api) -> None:
        ticket = ticket_of(ada, connect(kind="alertmanager").post(payload("alertmanager_firing")))

        assert ticket["subject"] == "InstanceDown: node"
        assert ticket["priority"] == "urgent"
        assert "summary: Instance db-2.example.org:9100 down" in ticket["description"]
        assert (
            "<http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1>" in ticket["description"]
        )

    def test_the_summary_that_all_share_is_the_subject(self, connect: Connect, ada: Api) -> None:
        ticket = ticket_of(ada, connect(kind="grafana").post(payload("grafana_firing")))

        assert ticket["subject"] == "The checkout answers slowly"

    def test_repeated_it_says_nothing_and_another_alert_is_a_note(self, connect: Connect, ada: Api) -> None:
        sender, firing = connect(kind="alertmanager"), payload("alertmanager_firing")
        ticket = ticket_of(ada, sender.post({**firing, "alerts": firing["alerts"][:1]}))

        assert sender.post({**firing, "alerts": firing["alerts"][:1]}).json["outcome"] == "unchanged"
        assert comments(ada, ticket) == []
        assert sender.post(firing).json["outcome"] == "updated"
        assert len(comments(ada, ticket)) == 1

    def test_firing_again_reopens(self, connect: Connect, ada: Api) -> None:
        sender, firing = connect(kind="alertmanager"), payload("alertmanager_firing")
        ticket = ticket_of(ada, sender.post(firing))
        sender.post(resolved(firing))

        again = ticket_of(ada, sender.post(firing))

        assert (again["id"], again["status"]) == (ticket["id"], "open")

    def test_resolved_first_opens_nothing(self, connect: Connect) -> None:
        reply = connect(kind="alertmanager").post(resolved(payload("alertmanager_firing")))

        assert reply.json == {"outcome": "ignored", "ticket": None}

    def test_a_mapping_goes_before_what_is_known(self, connect: Connect, ada: Api) -> None:
        severity = {"pointer": "/commonLabels/severity", "values": {"critical": "high"}}
        sender = connect(kind="alertmanager", mapping={"priority": severity})

        assert ticket_of(ada, sender.post(payload("alertmanager_firing")))["priority"] == "high"

    @pytest.mark.parametrize(
        ("severities", "priority"),
        [
            ([("warning", "firing"), ("Critical", "firing")], "urgent"),
            ([("info", "firing"), ("page", "resolved")], "low"),
            ([("sev-1", "firing"), ("error", "firing")], "high"),
            ([("sev-1", "firing")], "medium"),
        ],
    )
    def test_the_most_severe_that_fires_says_how_urgent_it_is(
        self, connect: Connect, ada: Api, severities: list[tuple[str, str]], priority: str
    ) -> None:
        firing = payload("alertmanager_firing", commonLabels={"alertname": "InstanceDown"})
        firing["alerts"] = [
            {"status": status, "labels": {"severity": severity, "instance": str(place)}}
            for place, (severity, status) in enumerate(severities)
        ]

        assert ticket_of(ada, connect(kind="alertmanager").post(firing))["priority"] == priority

    def test_text_of_an_alert_is_no_markup(self, connect: Connect, ada: Api) -> None:
        firing = payload("alertmanager_firing")
        firing["alerts"][0]["labels"]["evil"] = "```\n[x](javascript:alert(1)) @ada {{ticket.label}}"
        firing["alerts"][0]["generatorURL"] = "javascript:alert(1)"

        ticket = ticket_of(ada, connect(kind="alertmanager").post(firing))

        assert "```\n[x]" not in ticket["description"]
        assert "<javascript" not in ticket["description"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"groupKey": None}, "groupKey"),
            ({"status": "odd"}, "status"),
            ({"alerts": []}, "alerts"),
            ({"alerts": [7]}, "alerts.0.status"),
        ],
    )
    def test_what_is_no_alert_is_refused(self, connect: Connect, changes: dict[str, Any], field: str) -> None:
        reply = connect(kind="alertmanager").post(payload("alertmanager_firing", **changes))

        assert reply.status == 422
        assert [each["field"] for each in reply.json["errors"]] == [field]

    def test_grafana_signs_in_its_own_way(self, connect: Connect) -> None:
        sender, body = connect(kind="grafana"), json.dumps(payload("grafana_firing")).encode()

        def headers(at: int, secret: str) -> dict[str, str]:
            made = hmac.new(secret.encode(), f"{at}:".encode() + body, hashlib.sha256).hexdigest()
            return {"X_Grafana_Alerting_Signature": made, "X_Grafana_Alerting_Timestamp": str(at)}

        now = int(time.time())
        assert sender.api.post(sender.url, body, **headers(now, "another")).status == 401
        assert sender.api.post(sender.url, body, **headers(now - 400, sender.secret)).status == 401
        assert sender.api.post(sender.url, body, **headers(now, sender.secret)).status == 201
        assert sender.api.post(sender.url, body, **headers(now, sender.secret)).status == 409


class TestIntegrations:
    def test_the_secret_is_shown_once(self, ada: Api, database: Database) -> None:
        made = ada.post("/v1/integrations", {"name": "Shop"}).json
        secret = made.pop("secret")

        assert secret.startswith("whsec_")
        assert ada.get(f"/v1/integrations/{made['id']}").json == made
        assert ada.get("/v1/integrations").json["items"] == [made]
        kept = bytes(database.value("SELECT secret FROM integrations"))
        assert secret.encode() not in kept

    def test_a_name_is_taken_once(self, ada: Api) -> None:
        ada.post("/v1/integrations", {"name": "Shop"})

        assert ada.post("/v1/integrations", {"name": "SHOP"}).status == 409

    def test_what_is_not_there_is_named(self, ada: Api, cast: Cast) -> None:
        nobody = str(cast.ada.id).replace("0", "1")
        reply = ada.post("/v1/integrations", {"name": "Shop", "team_id": nobody, "requester_id": nobody})

        assert reply.status == 404
        assert [each["field"] for each in reply.json["errors"]] == ["team_id", "requester_id"]

    @for_each("pointer", ["", "issue", "/a~", "/a~2b", "/" + "x" * 200])
    def test_a_pointer_is_one(self, ada: Api, pointer: str) -> None:
        reply = ada.post("/v1/integrations", {"name": "Shop", "mapping": {"subject": {"pointer": pointer}}})

        assert reply.status == 422

    @for_each(
        "fact, place, field",
        [
            ("priority", {"values": {"1": "soon", "2": "low"}}, "mapping.priority.values.1"),
            ("status", {"default": "gone"}, "mapping.status.default"),
            ("requester_email", {"default": "nobody"}, "mapping.requester_email.default"),
        ],
    )
    def test_a_mapping_to_a_word_that_there_is_not_is_refused_at_once(
        self, ada: Api, fact: str, place: dict[str, Any], field: str
    ) -> None:
        mapping = {fact: {"pointer": "/x", **place}}
        reply = ada.post("/v1/integrations", {"name": "Shop", "mapping": mapping})
        made = ada.post("/v1/integrations", {"name": f"Shop {field}"}).json
        changed = ada.patch(f"/v1/integrations/{made['id']}", {"mapping": mapping})

        for refused in (reply, changed):
            assert refused.status == 422
            assert [each["field"] for each in refused.json["errors"]] == [field]

    def test_changes_are_audited(self, ada: Api) -> None:
        made = ada.post("/v1/integrations", {"name": "Shop"}).json
        path = f"/v1/integrations/{made['id']}"
        ada.patch(path, {"name": "Store", "defaults": {"tags": ["shop"]}})
        ada.post(f"{path}/rotate-secret")
        ada.delete(path)

        entries = ada.get("/v1/audit-log?limit=4").json["items"]
        assert [entry["action"] for entry in entries] == [
            "integration.deleted",
            "integration.secret_rotated",
            "integration.changed",
            "integration.created",
        ]
        assert made["secret"] not in json.dumps(entries)
