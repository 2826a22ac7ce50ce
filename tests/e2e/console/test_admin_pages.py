"""The desk's administration by the console: people, teams, settings, ways in and out, and their log."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.console.desk import PASSWORD, Desk, desk
from tests.e2e.console.people import People, drawn
from tests.e2e.http import Http, awaited


@pytest.fixture(scope="module")
def house(http: Http) -> Desk:
    return desk(http, "House")


def opened(people: People, house: Desk, address: str) -> Page:
    page = people.signed_in("ada", house)
    page.goto(f"app/{address}")
    drawn(page)
    return page


class TestPeople:
    def test_somebody_is_added_gets_another_role_and_is_let_in_no_more(
        self, people: People, house: Desk
    ) -> None:
        page = opened(people, house, "people")
        page.get_by_role("button", name="Add somebody").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Gil Moreno")
        dialog.get_by_label("Email").fill("no address")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_role("button", name="Add somebody").click()
        expect(dialog.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
        dialog.get_by_label("Email").fill("gil@house.example")
        dialog.get_by_role("button", name="Add somebody").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Gil Moreno")

        page.get_by_label("Role").select_option("dispatcher")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved")).to_be_visible()
        assert house.tokens("gil")["user"]["role"] == "dispatcher"

        page.get_by_role("button", name="Deactivate").click()
        page.get_by_role("dialog").get_by_role("button", name="Deactivate", exact=True).click()
        expect(page.get_by_role("button", name="Let in again")).to_be_visible()
        assert house.calls("gil").get("/v1/auth/me").status == 401

    def test_an_invitation_is_listed_and_taken_back(self, people: People, house: Desk) -> None:
        page = opened(people, house, "people?new=1")
        page.get_by_role("dialog").get_by_label("Name").fill("Ines Lara")
        page.get_by_role("dialog").get_by_label("Email").fill("ines@house.example")
        page.get_by_role("dialog").get_by_role("button", name="Add somebody").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ines Lara")

        page.goto("app/people?tab=invitations")
        row = page.get_by_role("row", name=re.compile("ines@house.example"))
        row.get_by_role("button", name="Take back").click()
        expect(row).to_contain_text("Taken back")

    def test_a_person_is_erased_only_once_their_address_was_typed(self, people: People, house: Desk) -> None:
        house.add("nadia", "customer")
        page = opened(people, house, f"person?id={house.ids['nadia']}")
        page.get_by_role("button", name="Erase").click()
        dialog = page.get_by_role("dialog")
        erase = dialog.get_by_role("button", name="Erase", exact=True)
        expect(erase).to_be_disabled()
        dialog.get_by_label("Type their email address to confirm").fill(house.email("nadia"))
        erase.click()
        expect(page.get_by_text(re.compile("erasure is under way|Erased; they are"))).to_be_visible()


class TestTeams:
    def test_a_team_is_made_and_gets_a_member(self, people: People, house: Desk) -> None:
        house.add("ana", "agent")
        page = opened(people, house, "teams")
        page.get_by_role("button", name="Add team").click()
        page.get_by_role("dialog").get_by_label("Name").fill("Printers")
        page.get_by_role("dialog").get_by_label("New tickets").select_option("least_loaded")
        page.get_by_role("dialog").get_by_label("No more than").fill("12")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Printers").click()
        members = page.get_by_role("region", name="Members")
        members.get_by_label("Add somebody").fill("ana")
        members.get_by_role("option", name=re.compile("Ana")).click()

        expect(members.get_by_role("link", name="Ana")).to_be_visible()
        printers = next(
            team for team in house.calls("ada").get("/v1/teams").json["items"] if team["name"] == "Printers"
        )
        assert (printers["assignment"], printers["assignment_cap"]) == ("least_loaded", 12)
        assert printers["member_count"] == 1

    def test_an_organisation_gets_its_domain(self, people: People, house: Desk) -> None:
        page = opened(people, house, "organisations?new=1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Acme")
        dialog.get_by_label("Domains").fill("acme-of-house.example")
        dialog.get_by_label("Domains").press("Enter")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("row", name=re.compile("acme-of-house.example"))).to_be_visible()


class TestSettings:
    def test_the_colour_of_the_desk_is_that_of_its_public_pages(self, people: People, house: Desk) -> None:
        page = opened(people, house, "settings?tab=looks")
        color = page.get_by_role("textbox", name="Colour (optional)")
        color.fill("red")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert").or_(page.locator("[aria-invalid=true]")).first).to_be_visible()
        color.fill("#8e1b5f")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved")).to_be_visible()

        stranger = people.page()
        stranger.goto(f"app/submit?workspace={house.slug}")
        drawn(stranger)
        painted = "getComputedStyle(document.documentElement).getPropertyValue('--brand')"
        stranger.wait_for_function(f"{painted} === '#8e1b5f'")

    def test_a_number_that_cannot_be_is_refused_at_its_field(self, people: People, house: Desk) -> None:
        page = opened(people, house, "settings?tab=tickets")
        days = page.get_by_label("Days in which a resolved ticket may be reopened")
        days.fill("4000")
        page.get_by_role("button", name="Save").click()
        expect(days).to_have_attribute("aria-invalid", "true")
        expect(days).to_be_focused()

        days.fill("14")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved")).to_be_visible()
        assert house.calls("ada").get("/v1/workspace").json["reopen_window_days"] == 14


class TestWaysInAndOut:
    def test_a_mailbox_and_the_words_of_a_mail(self, people: People, house: Desk) -> None:
        page = opened(people, house, "mailboxes?new=1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Billing")
        dialog.get_by_label("Address").fill("billing@house.example")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_role("row", name=re.compile("billing@house.example"))).to_be_visible()

        page.goto("app/mail-texts")
        row = page.get_by_role("row", name=re.compile(r"replied\.requester"))
        row.get_by_role("link", name="English").click()
        page.get_by_label("Subject").fill("{{ ticket.label }} has an answer")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("region", name="Preview")).to_contain_text("has an answer")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Own words")).to_be_visible()

    def test_a_webhook_tells_its_secret_once_and_what_came_of_a_call(
        self, people: People, house: Desk
    ) -> None:
        page = opened(people, house, "webhooks?new=1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Warehouse")
        dialog.get_by_label("Address").fill("http://127.0.0.1:9/hook")
        dialog.get_by_role("button", name="Save").click()
        secret = page.get_by_label("Secret that signs each call").input_value()
        assert secret.startswith("whsec_")
        page.get_by_role("button", name="I have kept it").click()
        page.wait_for_url(re.compile(r"/app/webhook\?id="))
        drawn(page)
        assert secret not in page.content()

        page.get_by_role("button", name="Call it now").click()
        expect(page.get_by_text(re.compile("It did not take the call"))).to_be_visible()
        house.calls("ada").post("/v1/tickets", {"subject": "To be told", "description": "Of course."})
        webhook = page.url.split("id=")[1]
        path = f"/v1/webhooks/{webhook}/deliveries"
        awaited("the delivery", lambda: house.calls("ada").get(path).json["items"], 60)
        page.reload()
        expect(page.get_by_role("row", name=re.compile(r"ticket\.created"))).to_be_visible()

    def test_an_api_key_is_told_once_works_and_is_revoked(self, people: People, house: Desk) -> None:
        page = opened(people, house, "api-keys?new=1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Reporter")
        dialog.get_by_label("Role").select_option("dispatcher")
        dialog.get_by_role("button", name="Add key").click()
        key = page.get_by_label("Key", exact=True).input_value()
        page.get_by_role("button", name="I have kept it").click()
        assert house.http.with_token(key).get("/v1/tickets").status == 200

        page.get_by_role("button", name="Delete Reporter").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_text("No program has a key yet.")).to_be_visible()
        assert house.http.with_token(key).get("/v1/tickets").status == 401

    def test_an_integration_tells_where_to_call_and_its_secret(self, people: People, house: Desk) -> None:
        page = opened(people, house, "integrations?new=1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name", exact=True).fill("Prometheus")
        dialog.get_by_label("Kind").select_option("alertmanager")
        dialog.get_by_role("button", name="Save").click()
        assert page.get_by_label("Secret that signs each call").input_value().startswith("whsec_")
        page.get_by_role("button", name="I have kept it").click()
        page.get_by_role("link", name="Prometheus").click()
        address = page.get_by_role("dialog").get_by_label("Address to call").input_value()
        assert re.fullmatch(rf"{re.escape(house.http.base)}/v1/inbound/[0-9a-f-]+", address)


def test_a_table_is_tried_and_then_taken_in(people: People, house: Desk) -> None:
    table = "number,title,who\n7001,An old printer,zoe@old.example\n7002,Nobody asked,\n"
    columns = '{"columns": {"number": "external_id", "title": "subject", "who": "requester_email"}}'
    page = opened(people, house, "imports?new=1")
    dialog = page.get_by_role("dialog")
    file = {"name": "old.csv", "mimeType": "text/csv", "buffer": table.encode()}
    dialog.get_by_label("File", exact=True).set_input_files(file)
    dialog.get_by_label("It comes from").select_option("csv")
    dialog.get_by_label("Mapping").fill(columns)
    dialog.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/app/imports\?id="))
    page.get_by_role("button", name="Now take it in").click(timeout=60_000)

    expect(page.get_by_text("a trial")).to_be_hidden(timeout=60_000)
    expect(page.get_by_role("region", name="Remarks").first).to_contain_text("7002")
    found = awaited(
        "the ticket", lambda: house.calls("ada").get("/v1/tickets?query=printer").json["items"], 60
    )
    assert [ticket["subject"] for ticket in found] == ["An old printer"]


def test_the_audit_log_has_what_was_done_and_its_chain_holds(people: People, house: Desk) -> None:
    page = opened(people, house, "api-keys?new=1")
    page.get_by_role("dialog").get_by_label("Name").fill("Auditor")
    page.get_by_role("dialog").get_by_role("button", name="Add key").click()
    page.get_by_role("button", name="I have kept it").click()
    page.goto("app/audit-log?action=api_key.created")
    drawn(page)

    row = page.get_by_role("row", name=re.compile("Auditor"))
    expect(row).to_contain_text("Ada")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text(re.compile("The chain holds"))).to_be_visible()


def test_who_is_no_administrator_is_told_so(people: People, house: Desk) -> None:
    house.add("dario", "dispatcher")
    page = people.signed_in("dario", house)
    for address in ("settings", "api-keys", "webhooks", "audit-log", "mailboxes", "imports"):
        page.goto(f"app/{address}")
        expect(page.get_by_role("heading", name="This page is not for you")).to_be_visible()
