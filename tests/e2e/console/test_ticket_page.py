"""The ticket's page, as its staff uses it: the conversation, what is done, and what several do at once."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.console.desk import Desk
from tests.e2e.console.people import People, bars, drawn
from tests.e2e.moved import minute, moved

FIELDS = (
    {"key": "building", "name": "Building", "type": "select", "options": ["North", "South"]},
    {"key": "asset", "name": "Asset", "type": "text"},
)
LOST = "ERR_FAILED|ERR_INTERNET_DISCONNECTED"


@pytest.fixture(scope="module", autouse=True)
def fields(acme: Desk) -> None:
    for field in FIELDS:
        assert acme.calls("ada").post("/v1/custom-fields", field).status == 201


def asked(acme: Desk, subject: str, **more: Any) -> dict[str, Any]:
    """A ticket of Carol's."""
    body = {"subject": subject, "description": "It stopped this morning.", "type": "incident", **more}
    reply = acme.calls("carol").post("/v1/tickets", body)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def whole(acme: Desk, ticket: dict[str, Any], who: str = "ada") -> dict[str, Any]:
    return dict(acme.calls(who).get(f"/v1/tickets/{ticket['id']}").json)


def changed(acme: Desk, ticket: dict[str, Any], patch: dict[str, Any]) -> None:
    """By Ada, who is always up to date."""
    version = whole(acme, ticket)["version"]
    reply = acme.calls("ada").patch(f"/v1/tickets/{ticket['id']}", patch, If_Match=f'"{version}"')
    assert reply.status == 200, reply.text


def opened(page: Page, ticket: dict[str, Any]) -> Page:
    page.goto(f"app/ticket?id={ticket['id']}")
    drawn(page)
    page.get_by_role("region", name="Write").wait_for()
    return page


def unheard(people: People, page: Page) -> None:
    """The page hears no news, so that it finds out by itself what others did."""
    people.expect(LOST)
    page.route("**/v1/events?*", lambda route: route.abort())


def said(page: Page, kind: str, text: str) -> Locator:
    return page.get_by_role("article", name=re.compile(f"^{kind}")).filter(has_text=text)


class TestConversation:
    def test_a_note_stays_inside_and_a_reply_with_its_file_reaches_the_customer(
        self, people: People, acme: Desk
    ) -> None:
        ticket = asked(acme, "The printer is out of toner")
        page = opened(people.signed_in("dario", acme), ticket)
        expect(page.get_by_role("article", name="Description")).to_contain_text("It stopped this morning.")

        page.keyboard.press("n")
        note = page.get_by_role("textbox", name="Internal note")
        expect(note).to_be_focused()
        page.keyboard.type("Is it yours, @Ad")
        page.get_by_role("option", name="Ada").click()
        page.keyboard.type("? **Soon** <b>x</b>")
        page.keyboard.press("Control+Enter")
        written = said(page, "Internal note", "Is it yours")
        expect(written.locator("strong")).to_have_text("Soon")
        expect(written).to_contain_text("<b>x</b>")
        expect(written.locator(".mention")).to_contain_text("Ada")

        expect(note).to_have_value("")
        note.blur()
        page.keyboard.press("r")
        expect(page.get_by_role("textbox", name="Public reply")).to_be_focused()
        page.keyboard.type("A new one is on its way.")
        page.set_input_files(
            "input[type=file]", {"name": "toner.txt", "mimeType": "text/plain", "buffer": b"black"}
        )
        page.get_by_role("button", name="Send reply").click()
        reply = said(page, "Public reply", "A new one is on its way.")
        with page.expect_download() as download:
            reply.get_by_role("button", name=re.compile("Download toner.txt")).click()
        assert download.value.path().read_bytes() == b"black"

        seen = whole(acme, ticket, "carol")["comments"]
        assert [(comment["body"], len(comment["attachments"])) for comment in seen] == [
            ("A new one is on its way.", 1)
        ]

    def test_an_own_comment_is_edited_and_taken_back(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "The door sticks")
        page = opened(people.signed_in("dario", acme), ticket)
        page.get_by_role("textbox", name="Public reply").fill("Tomorow.")
        page.get_by_role("button", name="Send reply").click()

        comment = said(page, "Public reply", "Tomorow.")
        comment.get_by_role("button", name="Edit").click()
        page.get_by_role("textbox", name="Text").fill("Tomorrow.")
        page.get_by_role("button", name="Save").click()
        comment = said(page, "Public reply", "Tomorrow.")
        expect(comment).to_contain_text("edited")

        comment.get_by_role("button", name="Take back").click()
        page.get_by_role("dialog").get_by_role("button", name="Take back").click()
        expect(said(page, "Public reply", "took this back")).to_be_visible()
        assert whole(acme, ticket, "carol")["comments"] == []

    def test_what_others_say_comes_by_itself_and_is_told_of_before_one_sends(
        self, people: People, acme: Desk
    ) -> None:
        ticket = asked(acme, "No sound in room 3")
        page = opened(people.signed_in("dario", acme), ticket)
        text = page.get_by_role("textbox", name="Public reply")
        text.fill("I come over at ten.")

        body = {"body": "It works again."}
        assert acme.calls("carol").post(f"/v1/tickets/{ticket['id']}/comments", body).status == 201
        expect(page.get_by_text("replied while you were writing")).to_be_visible()
        expect(said(page, "Public reply", "It works again.")).to_be_visible()
        expect(text).to_have_value("I come over at ten.")

    def test_older_comments_come_when_they_are_asked_for(
        self, people: People, acme: Desk, tmp_path: Path
    ) -> None:
        comments = [
            {"id": number + 1, "author_id": 1, "public": True, "body": f"Comment {number:03}."}
            | {"created_at": minute(number)}
            for number in range(103)
        ]
        ada = acme.calls("ada")
        moved(ada, tmp_path, acme.email("carol"), ["On and on"], comments=comments, tags=["endless"])
        (ticket,) = ada.get("/v1/tickets?tag=endless").json["items"]
        page = opened(people.signed_in("dario", acme), ticket)

        expect(said(page, "Public reply", "Comment 102.")).to_be_visible()
        expect(page.get_by_text("Comment 000.")).to_have_count(0)
        page.get_by_role("button", name="Show earlier comments").click()
        expect(said(page, "Public reply", "Comment 000.")).to_be_visible()
        expect(page.get_by_role("article", name=re.compile("^Public reply"))).to_have_count(103)


class TestDrafts:
    def test_a_reply_and_a_note_outlive_a_reload(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "A slow laptop")
        page = opened(people.signed_in("dario", acme), ticket)
        page.get_by_role("textbox", name="Public reply").fill("We look at it")
        page.get_by_role("tab", name="Internal note").click()
        page.get_by_role("textbox", name="Internal note").fill("Again?")

        page.reload()
        drawn(page)
        expect(page.get_by_role("textbox", name="Public reply")).to_have_value("We look at it")
        page.get_by_role("tab", name="Internal note").click()
        expect(page.get_by_role("textbox", name="Internal note")).to_have_value("Again?")

        page.get_by_role("button", name="Add note").click()
        expect(said(page, "Internal note", "Again?")).to_be_visible()
        page.reload()
        drawn(page)
        expect(page.get_by_role("textbox", name="Public reply")).to_have_value("We look at it")

    def test_what_a_lost_network_swallowed_is_sent_once_by_the_same_key(
        self, people: People, acme: Desk
    ) -> None:
        people.expect(LOST)
        ticket = asked(acme, "The line drops")
        page = opened(people.signed_in("dario", acme), ticket)
        keys: list[str] = []

        def lose_the_first_answer(route: Route) -> None:
            if route.request.method != "POST":
                route.fallback()
                return
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) == 1:
                route.fetch()  # it arrives, and nobody hears so
                route.abort()
            else:
                route.continue_()

        page.route("**/comments", lose_the_first_answer)
        page.get_by_role("textbox", name="Public reply").fill("Kept through the storm")
        page.get_by_role("button", name="Send reply").click()
        expect(page.get_by_text("It did not go out")).to_be_visible()

        page.reload()
        drawn(page)
        expect(page.get_by_role("textbox", name="Public reply")).to_have_value("Kept through the storm")
        page.get_by_role("button", name="Send reply").click()
        expect(page.get_by_role("textbox", name="Public reply")).to_have_value("")
        assert len(keys) == 2
        assert keys[0] == keys[1]
        assert len(whole(acme, ticket)["comments"]) == 1

    def test_files_stay_until_they_are_sent(self, people: People, acme: Desk) -> None:
        people.expect(LOST)
        ticket = asked(acme, "A picture of it")
        page = opened(people.signed_in("dario", acme), ticket)
        page.get_by_role("textbox", name="Public reply").fill("See the file")
        page.set_input_files(
            "input[type=file]", {"name": "it.txt", "mimeType": "text/plain", "buffer": b"it"}
        )

        page.context.set_offline(True)
        page.get_by_role("button", name="Send reply").click()
        expect(page.get_by_text("It did not go out")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_role("list", name="Files")).to_contain_text("it.txt")

        page.route("**/attachments", lambda route: route.abort())
        page.get_by_role("button", name="Send reply").click()
        again = page.get_by_role("button", name="Send the files again")
        again.wait_for()
        page.unroute("**/attachments")
        again.click()
        reply = said(page, "Public reply", "See the file")
        expect(reply.get_by_role("button", name=re.compile("Download it.txt"))).to_be_visible()
        assert len(whole(acme, ticket)["comments"]) == 1


class TestVerbs:
    def test_they_are_those_that_the_answer_names(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "A new chair")
        page = opened(people.signed_in("dario", acme), ticket)
        group = page.get_by_role("group", name="What you can do")
        group.get_by_role("button", name="More").click()
        menu = page.get_by_role("menuitem")
        expect(menu.first).to_be_visible()
        names = {*group.get_by_role("button").all_inner_texts(), *menu.all_inner_texts()}
        verbs = whole(acme, ticket, "dario")["verbs"]
        told = {"merge": "Merge into…", "assign": "Assign…", "cancel": "Cancel ticket"}
        wanted = {told.get(verb, verb.title()) for verb in verbs} - {"Update", "Comment", "Comment_Internal"}
        assert names - {"More", "Assign to me"} == wanted
        page.keyboard.press("Escape")

    def test_a_ticket_is_worked_on_to_its_end(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "The beamer is dark")
        page = opened(people.signed_in("dario", acme), ticket)
        head, dialog = page.locator(".ticket-head"), page.get_by_role("dialog")

        page.get_by_role("button", name="Assign to me").click()
        expect(head).to_contain_text("Open")
        page.get_by_role("button", name="Pause").click()
        dialog.get_by_role("button", name="Pause").click()
        expect(dialog.get_by_label("Reason")).to_be_focused()  # its refusal stands there
        dialog.get_by_label("Reason").fill("Which room?")
        dialog.get_by_role("button", name="Pause").click()
        expect(head).to_contain_text("Pending")
        page.get_by_role("button", name="Resume").click()
        dialog.get_by_role("button", name="Resume").click()
        expect(head).to_contain_text("Open")

        page.get_by_role("textbox", name="Public reply").fill("There is a new lamp in it.")
        page.get_by_role("button", name="Send and").click()
        page.get_by_role("menuitem", name="Send as the resolution").click()
        expect(head).to_contain_text("Resolved")
        expect(said(page, "Public reply", "There is a new lamp in it.")).to_be_visible()
        assert whole(acme, ticket)["status"] == "resolved"

        page.get_by_role("tab", name="Timeline").click()
        rows = page.get_by_role("region", name="Timeline").get_by_role("listitem")
        for told in (
            "Dario resolved it",
            "Dario resumed it",
            "waiting for the customer",
            "Carol opened the ticket",
        ):
            expect(rows.filter(has_text=told).first).to_be_visible()

    def test_it_goes_to_somebody_and_becomes_another(self, people: People, acme: Desk) -> None:
        kept, ticket = asked(acme, "The kept one"), asked(acme, "It came twice")
        page = opened(people.signed_in("dario", acme), ticket)
        dialog = page.get_by_role("dialog")
        page.keyboard.press("a")
        dialog.get_by_role("combobox", name="Assignee").fill("Ana")
        dialog.get_by_role("option", name="Ana ana@").click()
        dialog.get_by_role("button", name="Assign", exact=True).click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("combobox", name="Assignee")).to_have_value("Ana")

        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Merge").click()
        dialog.get_by_role("combobox", name="Merge into").fill(kept["label"])
        dialog.get_by_role("option", name=kept["label"]).click()
        dialog.get_by_role("button", name="Merge into").click()
        expect(page.get_by_role("heading", name="The kept one")).to_be_visible()
        assert whole(acme, ticket)["merged_into"] == kept["id"]

    def test_a_macro_shows_what_it_would_do_and_does_it(self, people: People, acme: Desk) -> None:
        macro = {
            "name": "Ask for the room",
            "actions": [
                {"action": "set_priority", "priority": "high"},
                {"action": "add_tags", "tags": ["rooms"]},
                {"action": "comment", "body": "Hello {{requester.first_name}}, which room?"},
            ],
        }
        assert acme.calls("dario").post("/v1/macros", macro).status == 201
        ticket = asked(acme, "Too cold")
        page = opened(people.signed_in("dario", acme), ticket)
        dialog = page.get_by_role("dialog")
        page.get_by_role("button", name="Macros").click()
        dialog.get_by_role("button", name="Ask for the room").click()
        expect(dialog).to_contain_text("High")
        reply = dialog.get_by_role("textbox", name="Public reply")
        expect(reply).to_have_value("Hello Carol, which room?")
        assert whole(acme, ticket)["priority"] == "medium"

        reply.fill("Hello Carol, which room is it?")
        dialog.get_by_role("button", name="Apply").click()
        expect(said(page, "Public reply", "which room is it?")).to_be_visible()
        after = whole(acme, ticket)
        assert (after["priority"], after["tags"]) == ("high", ["rooms"])


class TestConflicts:
    def test_what_does_not_clash_is_merged(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "Two at once")
        page = people.signed_in("dario", acme)
        unheard(people, page)
        opened(page, ticket)
        ada = opened(people.signed_in("ada", acme), ticket)
        ada.get_by_label("Asset").fill("PC-7")
        with ada.expect_response(lambda answer: answer.request.method == "PATCH"):
            ada.get_by_label("Asset").press("Enter")

        page.get_by_label("Building").select_option("South")
        expect(page.get_by_text("Somebody else changed it meanwhile: Asset")).to_be_visible()
        expect(page.get_by_label("Asset")).to_have_value("PC-7")
        assert whole(acme, ticket)["custom_fields"] == {"asset": "PC-7", "building": "South"}

    @pytest.mark.parametrize(("choice", "subject"), [("Keep mine", "Mine"), ("Take theirs", "Theirs")])
    def test_what_clashes_is_asked(self, people: People, acme: Desk, choice: str, subject: str) -> None:
        ticket = asked(acme, "Before either")
        page = people.signed_in("dario", acme)
        unheard(people, page)
        opened(page, ticket)
        page.get_by_role("button", name="Edit the subject").click()
        page.get_by_role("textbox", name="Subject").fill("Mine")
        changed(acme, ticket, {"subject": "Theirs", "tags": ["seen"]})
        page.get_by_role("button", name="Save").click()

        dialog = page.get_by_role("dialog", name="Somebody else changed this meanwhile")
        for told in ("Before either", "Theirs", "Mine", "seen"):
            expect(dialog.get_by_text(told, exact=True).first).to_be_visible()
        dialog.get_by_role("radio", name=re.compile(choice)).check()
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        if choice == "Take theirs":
            page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(subject)
        assert whole(acme, ticket)["subject"] == subject

    def test_a_verb_that_came_too_late_is_not_done(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "Done by Ada")
        page = people.signed_in("dario", acme)
        unheard(people, page)
        opened(page, ticket)
        body = {"resolution": "It was the cable."}
        assert acme.calls("ada").post(f"/v1/tickets/{ticket['id']}/resolve", body).status == 200

        page.get_by_role("button", name="Pause").click()
        page.get_by_label("Reason").fill("Which cable?")
        page.get_by_role("dialog").get_by_role("button", name="Pause").click()
        expect(page.get_by_text("That is not possible any more.")).to_be_visible()
        page.get_by_role("button", name="Leave theirs").click()
        expect(page.get_by_label("Reason")).to_have_value("Which cable?")
        assert whole(acme, ticket)["status"] == "resolved"


class TestPromises:
    def test_the_bar_adds_up(self, people: People, acme: Desk) -> None:
        ticket = asked(acme, "When will it be done?")
        path = f"/v1/tickets/{ticket['id']}"
        acme.calls("dario").post(f"{path}/pause", {"waiting_on": "other", "reason": "The supplier."})
        acme.calls("dario").post(f"{path}/resume", {})
        page = opened(people.signed_in("dario", acme), ticket)
        page.get_by_role("tab", name="SLA").click()

        resolution = page.get_by_role("region", name="Resolution")
        expect(resolution.get_by_text("Promised")).to_be_visible()
        widths = resolution.locator(".piece").evaluate_all(
            "(all) => all.map((one) => parseFloat(one.style.inlineSize))"
        )
        assert sum(widths) == pytest.approx(100, abs=0.01)
        resolution.get_by_text("All intervals").click()
        counted = resolution.locator("tr[data-kind=counted] td:last-child").all_inner_texts()
        target = next(
            one
            for one in acme.calls("dario").get(f"{path}/sla").json["targets"]
            if one["metric"] == "resolution"
        )
        numbers = [float(text.replace(",", "")) for text in counted]
        assert sum(numbers) == pytest.approx(target["goal"], abs=0.1 * len(numbers))
        expect(resolution.get_by_role("row", name=re.compile("Counted in all"))).to_contain_text(
            re.compile(f"{target['goal']:,.0f}")
        )


class TestBeside:
    def test_tags_time_watchers_and_links_are_kept(self, people: People, acme: Desk) -> None:
        other, ticket = asked(acme, "The other one"), asked(acme, "With all that belongs to it")
        page = opened(people.signed_in("dario", acme), ticket)
        path = f"/v1/tickets/{ticket['id']}"

        page.get_by_role("button", name="Add a tag").click()
        page.get_by_role("combobox", name="Add a tag").fill("floor-3")
        page.get_by_role("option", name="floor-3").click()
        expect(page.get_by_role("button", name="Remove floor-3")).to_be_visible()

        spent = page.get_by_role("region", name="Time spent")
        spent.get_by_role("button", name="Note time").click()
        spent.get_by_label("Minutes").fill("0")
        spent.get_by_role("button", name="Note time").last.click()
        expect(spent.get_by_label("Minutes")).to_have_attribute("aria-invalid", "true")
        spent.get_by_label("Minutes").fill("25")
        spent.get_by_role("button", name="Note time").last.click()
        expect(spent).to_contain_text("25 m in all")

        page.get_by_role("region", name="Watchers").get_by_role("button", name="Watch", exact=True).click()
        expect(page.get_by_role("button", name="Watch no longer")).to_be_visible()

        links = page.get_by_role("region", name="Links")
        links.get_by_role("button", name="Add a link").click()
        links.get_by_label("What it is to the other one").select_option("blocks")
        links.get_by_role("combobox", name="Link another ticket").fill(other["label"])
        links.get_by_role("option", name=other["label"]).click()
        expect(links.get_by_role("listitem")).to_contain_text("Blocks")
        assert [one["type"] for one in acme.calls("ada").get(f"{path}/links").json["items"]] == ["blocks"]
        assert whole(acme, ticket)["tags"] == ["floor-3"]


@pytest.fixture(scope="module")
def rich(acme: Desk) -> dict[str, Any]:
    """A ticket with some of everything."""
    ticket = asked(acme, "Everything at once, and a subject that is rather long because people write so")
    path = f"/v1/tickets/{ticket['id']}"
    dario = acme.calls("dario")
    dario.post(
        f"{path}/comments",
        {"body": "> Quoted\n\nAnd a [link](https://example.org), `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |"},
    )
    dario.post(f"{path}/comments", {"body": "Between us, @Ada.", "visibility": "internal"})
    dario.post(f"{path}/pause", {"waiting_on": "customer", "reason": "A question."})
    dario.post(f"{path}/resume", {})
    dario.post(f"{path}/tags", {"tags": ["vip", "floor-3"]})
    dario.post(f"{path}/time-entries", {"minutes": 15, "note": "On the phone"})
    dario.post(f"{path}/watchers", {})
    return ticket


def test_it_bars_nobody(people: People, acme: Desk, rich: dict[str, Any]) -> None:
    page = opened(people.signed_in("dario", acme), rich)
    expect(said(page, "Internal note", "Between us")).to_be_visible()
    assert bars(page, "ticket") == []

    for part in ("Timeline", "SLA"):
        page.get_by_role("tab", name=part).click()
        page.get_by_role("region", name=part if part == "Timeline" else "Resolution").wait_for()
        assert bars(page, f"ticket-{part.lower()}") == []

    page.get_by_role("button", name="Assign…").click()
    page.get_by_role("dialog").wait_for()
    assert bars(page, "ticket-assign") == []


def test_it_speaks_spanish(people: People, acme: Desk, rich: dict[str, Any]) -> None:
    page = people.signed_in("dario", acme, language="es")
    page.goto(f"app/ticket?id={rich['id']}")
    drawn(page)
    expect(page.get_by_role("button", name="Resolver")).to_be_visible()
    page.get_by_role("tab", name="Cronología").click()
    expect(page.get_by_role("region", name="Cronología")).to_contain_text(
        "Dario lo pausó: en espera del cliente"
    )


def test_a_ticket_that_is_none_is_told_of(people: People, acme: Desk) -> None:
    page = people.signed_in("dario", acme)
    page.goto("app/ticket?id=00000000-0000-7000-8000-000000000000")
    expect(page.get_by_role("alert")).to_contain_text("no such ticket")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    page.get_by_role("link", name="To the queue").click()
    expect(page).to_have_url(re.compile(r"app/queue\b"))
