"""Webhooks as administrators set them up."""

from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from tests.support.database import Database
from tests.support.for_each import for_each
from tests.support.post_office import PostOffice

BODY = {"name": "Warehouse", "url": "https://hooks.acme.example/mesa", "events": ["ticket.created"]}


def secret_of(count: int) -> str:
    return "whsec_" + b64encode(bytes(range(1, count + 1))).decode()


class TestMaking:
    def test_the_secret_is_shown_once_and_rests_sealed(self, office: PostOffice, database: Database) -> None:
        ada = office.desk.as_(office.desk.cast.ada)
        made = ada.post("/v1/webhooks", BODY)
        seen = ada.get(f"/v1/webhooks/{made.json['id']}")
        listed = ada.get("/v1/webhooks")

        secret = made.json["secret"]
        assert made.status == 201
        assert secret.startswith("whsec_")
        assert secret not in seen.text + listed.text
        assert seen.json == {name: value for name, value in made.json.items() if name != "secret"}
        kept = bytes(database.value("SELECT secret FROM webhooks"))
        assert Webhook(secret)._whsecret not in kept
        assert secret not in str(database.rows("SELECT after FROM audit_log"))

    @for_each("count", [24, 32, 64])
    def test_a_secret_of_ones_own_has_24_to_64_bytes(self, office: PostOffice, count: int) -> None:
        made = office.make(secret=secret_of(count))
        assert made["secret"] == secret_of(count)

    @for_each(
        "secret",
        [
            secret_of(23),
            secret_of(65),
            secret_of(32).removeprefix("whsec_"),
            "whsec_" + "!" * 32,
            "whsec_",
            "whsk_" + secret_of(32),
            secret_of(32) + "\n=",
            secret_of(31).rstrip("="),
        ],
    )
    def test_anything_else_is_refused_without_being_told_back(self, office: PostOffice, secret: str) -> None:
        reply = office.desk.as_(office.desk.cast.ada).post("/v1/webhooks", {**BODY, "secret": secret})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "secret")
        assert secret == "whsec_" or secret.strip() not in reply.text

    @for_each(
        "change, field",
        [
            ({"url": "http://hooks.acme.example/"}, "url"),
            ({"url": "https://user:word@hooks.acme.example/"}, "url"),
            ({"url": "https://hooks.acme.example:22/"}, "url"),
            ({"url": "https://2130706433/"}, "url"),
            ({"url": "https://10.0.0.1/"}, "url"),
            ({"url": "https://169.254.169.254/latest/meta-data"}, "url"),
            ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
            ({"url": "https://[64:ff9b::a00:1]:8443/"}, "url"),
            ({"url": "https://db.internal/"}, "url"),
            ({"url": "https://intranet/"}, "url"),
            ({"url": "ftp://hooks.acme.example/"}, "url"),
            ({"url": "https://hooks.acme.example/#part"}, "url"),
            ({"url": "https://hooks.acme.example/" + "a" * 2000}, "url"),
            ({"events": []}, "events"),
            ({"events": ["ticket.exploded"]}, "events.0"),
            ({"events": ["ticket.created", "*"]}, "events.1"),
            ({"events": ["ticket.sla_breached"]}, "events.0"),
            ({"name": "two\r\nlines"}, "name"),
            ({"name": " "}, "name"),
            ({"template": "carrier_pigeon"}, "template"),
            ({"filters": {"priorities": ["huge"]}}, "filters.priorities.0"),
            ({"filters": {"colour": ["red"]}}, "filters.colour"),
            ({"role": "admin"}, "role"),
            ({"enabled": 1}, "enabled"),
        ],
    )
    def test_case_36_what_cannot_be_is_refused_at_its_field(
        self, office: PostOffice, change: dict[str, Any], field: str
    ) -> None:
        reply = office.desk.as_(office.desk.cast.ada).post("/v1/webhooks", {**BODY, **change})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)

    def test_the_staffs_events_need_include_internal_and_so_stay_out_of_it_later(
        self, office: PostOffice
    ) -> None:
        webhook = office.make(events=["ticket.sla_breached"], include_internal=True)
        ada = office.desk.as_(office.desk.cast.ada)

        refused = ada.patch(f"/v1/webhooks/{webhook['id']}", {"include_internal": False})

        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "events.0")

    def test_case_15_a_team_of_another_workspace_is_none(
        self, office: PostOffice, database: Database
    ) -> None:
        foreign = database.value(
            "SELECT t.id FROM teams t JOIN workspaces w ON w.id = t.workspace_id WHERE w.slug = 'globex'"
        )
        body = {**BODY, "filters": {"teams": [str(foreign)]}}
        reply = office.desk.as_(office.desk.cast.ada).post("/v1/webhooks", body)
        assert (reply.status, reply.json["errors"][0]["field"]) == (404, "filters.teams")

    def test_a_laptops_own_host_is_called_where_the_stage_says_so(self, office: PostOffice) -> None:
        assert office.make(url="http://localhost:8080/hook")["url"] == "http://localhost:8080/hook"

    def test_fifty_are_enough(self, office: PostOffice, database: Database) -> None:
        office.make()
        database.run(
            "INSERT INTO webhooks (workspace_id, name, url, events, secret, enabled_at) "
            "SELECT workspace_id, name, url, events, secret, enabled_at FROM webhooks, generate_series(1, 49)"
        )
        reply = office.desk.as_(office.desk.cast.ada).post("/v1/webhooks", BODY)
        assert (reply.status, reply.code) == (409, "CONFLICT")


class TestChanging:
    def test_only_what_is_sent_changes_and_the_log_keeps_it_without_the_path(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(url="https://hooks.slack.example/services/T0/B0/key", template="slack")
        ada = office.desk.as_(office.desk.cast.ada)

        reply = ada.patch(
            f"/v1/webhooks/{webhook['id']}",
            {"url": "https://hooks.slack.example/services/T0/B0/other", "filters": {"types": ["incident"]}},
        )

        assert reply.json["filters"] == {"teams": [], "types": ["incident"], "priorities": []}
        assert (reply.json["name"], reply.json["template"]) == (webhook["name"], "slack")
        path = f"/v1/audit-log?action=webhook.changed&target={webhook['id']}"
        (entry,) = ada.get(path).json["items"]
        assert set(entry["after"]) == {"url", "types"}
        assert entry["after"]["url"] != entry["before"]["url"]
        assert "services" not in str(entry)

    def test_one_whose_team_is_gone_can_still_be_changed(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(filters={"teams": [str(office.desk.cast.teams["Apps"])]})
        database.run("UPDATE teams SET deleted_at = now() WHERE name = 'Apps'")
        ada = office.desk.as_(office.desk.cast.ada)
        assert ada.patch(f"/v1/webhooks/{webhook['id']}", {"name": "Another"}).status == 200

    def test_nothing_changed_is_nothing_told(self, office: PostOffice, database: Database) -> None:
        webhook = office.make()
        count = database.value("SELECT count(*) FROM audit_log")
        reply = office.desk.as_(office.desk.cast.ada).patch(
            f"/v1/webhooks/{webhook['id']}", {"name": webhook["name"], "enabled": True}
        )
        assert reply.status == 200
        assert database.value("SELECT count(*) FROM audit_log") == count

    def test_switched_off_it_hears_nothing_and_what_was_on_its_way_is_cancelled(
        self, office: PostOffice
    ) -> None:
        webhook = office.make()
        office.desk.ticket()
        office.fan_out(*office.events())
        calls = office.calls()
        ada = office.desk.as_(office.desk.cast.ada)

        reply = ada.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": False})
        office.desk.ticket()
        office.run()

        assert calls
        assert (reply.json["enabled"], reply.json["disabled_reason"]) == (False, "by_hand")
        assert {each["status"] for each in office.deliveries(webhook)} == {"cancelled"}
        assert office.receiver.heard == []

    def test_what_happened_while_it_was_off_is_none_of_its_business(self, office: PostOffice) -> None:
        webhook = office.make(enabled=False)
        office.desk.ticket()
        ada = office.desk.as_(office.desk.cast.ada)
        ada.patch(f"/v1/webhooks/{webhook['id']}", {"enabled": True})

        office.run()

        assert office.deliveries(webhook) == []

    def test_deleted_it_is_gone_with_its_deliveries(self, office: PostOffice, database: Database) -> None:
        webhook = office.make()
        office.desk.ticket()
        office.fan_out(*office.events())
        calls = office.calls()
        ada = office.desk.as_(office.desk.cast.ada)

        assert ada.delete(f"/v1/webhooks/{webhook['id']}").status == 204
        office.call(*calls)
        assert office.settle(*office.results()) == []

        assert ada.get(f"/v1/webhooks/{webhook['id']}").status == 404
        assert database.value("SELECT count(*) FROM webhook_deliveries") == 0

    @for_each(
        "method, path",
        [
            ("GET", ""),
            ("PATCH", ""),
            ("DELETE", ""),
            ("GET", "/deliveries"),
            ("POST", "/rotate-secret"),
            ("POST", "/test"),
        ],
    )
    def test_one_that_is_not_there_is_404(self, office: PostOffice, method: str, path: str) -> None:
        ada = office.desk.as_(office.desk.cast.ada)
        body: Any = {} if method == "PATCH" or path == "/rotate-secret" else None
        assert ada.request(method, f"/v1/webhooks/{uuid4()}{path}", body).status == 404


class TestRotating:
    def test_both_secrets_sign_until_the_time_of_the_old_one_is_over(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make(events=["ticket.created"])
        ada = office.desk.as_(office.desk.cast.ada)
        rotated = ada.post(f"/v1/webhooks/{webhook['id']}/rotate-secret", {"grace_hours": 1})
        office.desk.ticket()
        office.run()

        both = office.receiver.heard[-1]
        assert rotated.json["previous_secret_expires_at"] is not None
        assert len(both.headers["webhook-signature"].split(" ")) == 2
        assert office.verified(webhook["secret"]) == office.verified(rotated.json["secret"])

        database.run("UPDATE webhooks SET previous_secret_expires_at = now()")
        office.desk.ticket()
        office.run()
        assert len(office.receiver.heard[-1].headers["webhook-signature"].split(" ")) == 1
        assert office.verified(rotated.json["secret"])
        assert office.look(webhook)["previous_secret_expires_at"] is None

    def test_the_old_one_is_forgotten_once_its_time_is_over(
        self, office: PostOffice, database: Database
    ) -> None:
        webhook = office.make()
        ada = office.desk.as_(office.desk.cast.ada)
        ada.post(f"/v1/webhooks/{webhook['id']}/rotate-secret", {"grace_hours": 1})
        database.run("CALL sp_purge(1000, 0)")
        assert database.value("SELECT previous_secret FROM webhooks") is not None

        database.run("UPDATE webhooks SET previous_secret_expires_at = now() - interval '1 second'")
        database.run("CALL sp_purge(1000, 0)")

        assert database.value("SELECT previous_secret FROM webhooks") is None

    def test_without_grace_the_old_one_is_over_at_once(self, office: PostOffice) -> None:
        webhook = office.make(events=["ticket.created"])
        ada = office.desk.as_(office.desk.cast.ada)
        rotated = ada.post(f"/v1/webhooks/{webhook['id']}/rotate-secret", {"grace_hours": 0})
        office.desk.ticket()
        office.run()

        assert len(office.receiver.heard[-1].headers["webhook-signature"].split(" ")) == 1
        assert office.verified(rotated.json["secret"])

    def test_a_third_secret_puts_the_first_out_of_use(self, office: PostOffice) -> None:
        webhook = office.make(events=["ticket.created"])
        ada = office.desk.as_(office.desk.cast.ada)
        path = f"/v1/webhooks/{webhook['id']}/rotate-secret"
        second, third = (ada.post(path, {"secret": secret_of(count)}).json["secret"] for count in (25, 26))
        office.desk.ticket()
        office.run()

        assert office.verified(second) == office.verified(third)
        with pytest.raises(Exception, match="No matching signature"):
            office.verified(webhook["secret"])


@for_each("name", ["dario", "ana", "carol"])
def test_case_18_only_administrators_see_to_webhooks(office: PostOffice, name: str) -> None:
    person = office.desk.as_(getattr(office.desk.cast, name))
    assert person.get("/v1/webhooks").status == 403
    assert person.post("/v1/webhooks", BODY).status == 403


def test_what_there_is_to_hear_of_is_listed_and_each_of_it_can_be_named(office: PostOffice) -> None:
    ada = office.desk.as_(office.desk.cast.ada)

    listed = ada.get("/v1/webhooks/event-types").json["items"]

    types = [each["type"] for each in listed]
    assert types == sorted(types)
    assert {"ticket.created", "ticket.reminded", "user.invited"} <= set(types)
    assert "job.requested" not in types
    by_need = {
        need: [each["type"] for each in listed if each["needs_internal"] is need] for need in (True, False)
    }
    assert ada.post("/v1/webhooks", {**BODY, "name": "Open", "events": by_need[False]}).status == 201
    for type in by_need[True]:
        refused = ada.post("/v1/webhooks", {**BODY, "events": [type]})
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "events.0")
    whole = {**BODY, "name": "Whole", "events": types, "include_internal": True}
    assert ada.post("/v1/webhooks", whole).status == 201
    assert office.desk.as_(office.desk.cast.dario).get("/v1/webhooks/event-types").status == 403


def test_lists_are_paged_sorted_and_filtered(office: PostOffice) -> None:
    for name, enabled in (("b", True), ("c", False), ("a", True)):
        office.make(name=name, enabled=enabled)
    ada = office.desk.as_(office.desk.cast.ada)

    def names(query: str) -> list[str]:
        return [each["name"] for each in ada.get(f"/v1/webhooks?{query}").json["items"]]

    assert names("") == ["a", "b", "c"]
    assert names("sort=-created_at") == ["a", "c", "b"]
    assert names("enabled=true") == ["a", "b"]
    first = ada.get("/v1/webhooks?limit=1&sort=created_at").json
    assert names(f"limit=1&sort=created_at&cursor={first['next_cursor']}") == ["c"]
