"""What a customer does at the console: asks, answers, sends files, says whether it is solved, rates it."""

import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.console.accounts import clean
from tests.e2e.console.desk import Desk, desk
from tests.e2e.console.people import Look, People, drawn
from tests.e2e.http import Http, awaited

REQUEST = {"subject": "The VPN drops", "description": "Every hour since Monday."}


def asked(at: Desk, who: str = "carol", **more: Any) -> dict[str, Any]:
    """A request of theirs."""
    reply = at.calls(who).post("/v1/tickets", {**REQUEST, **more})
    assert reply.status == 201, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def shown(page: Page, ticket: dict[str, Any]) -> Page:
    page.goto(f"app/request?id={ticket['id']}")
    drawn(page)
    return page


def fetched(at: Desk, ticket_id: str, name: str) -> bytes:
    """What the staff gets of a file, once it has been looked through."""
    path = f"/v1/tickets/{ticket_id}/attachments"
    dario = at.calls("dario")
    file = next(each for each in dario.get(path).json["items"] if each["file_name"] == name)
    link = awaited("the file", lambda: dario.get(f"{path}/{file['id']}").json["download"], 60)
    with urllib.request.urlopen(link["url"], timeout=30) as answer:
        found: bytes = answer.read()
    return found


def test_a_request_is_made_with_a_file_and_answered(people: People, acme: Desk) -> None:
    page = people.signed_in("carol", acme, Look.PHONE, "es")
    page.goto("app/requests")
    page.get_by_role("link", name="Nueva solicitud").first.click()
    drawn(page)
    page.get_by_label("Asunto").fill("La impresora no responde")
    page.get_by_label("Cuéntenos más").fill("Desde el lunes parpadea y no imprime nada.")
    page.get_by_label("¿Qué es?").select_option("incident")
    page.get_by_label("¿Qué tan urgente es?").select_option("high")
    page.locator("input[type=file]").set_input_files(
        {"name": "registro.txt", "mimeType": "text/plain", "buffer": b"E42\n" * 500}
    )
    clean(page, "new-request")
    page.get_by_role("button", name="Enviar").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("La impresora no responde")
    expect(page.get_by_role("button", name="Descargar registro.txt")).to_be_visible()
    id = page.url.partition("id=")[2]
    assert fetched(acme, id, "registro.txt") == b"E42\n" * 500
    ticket = acme.calls("dario").get(f"/v1/tickets/{id}").json
    assert (ticket["type"], ticket["priority"]) == ("incident", "high")

    page.get_by_label("Añadir algo").fill("También la del piso 3.")
    page.locator("input[type=file]").set_input_files(
        {"name": "foto.png", "mimeType": "image/png", "buffer": b"\x89PNG"}
    )
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("article").filter(has_text="También la del piso 3.")).to_contain_text("foto.png")
    assert fetched(acme, id, "foto.png") == b"\x89PNG"
    clean(page, "customer-request")


def test_answers_come_by_themselves_and_what_is_being_written_stays(people: People, acme: Desk) -> None:
    ticket = asked(acme)
    page = people.signed_in("carol", acme)
    page.clock.install()
    shown(page, ticket)
    page.get_by_label("Add something").fill("I am just writ")
    comments = f"/v1/tickets/{ticket['id']}/comments"
    acme.calls("dario").post(comments, {"body": "A colleague's guess", "visibility": "internal"})
    acme.calls("dario").post(comments, {"body": "Which **version**?", "visibility": "public"})
    pause = {"waiting_on": "customer", "reason": "The version, please."}
    acme.calls("dario").post(f"/v1/tickets/{ticket['id']}/pause", pause)
    page.clock.run_for(16_000)

    expect(page.get_by_role("article").filter(has_text="Which version?")).to_be_visible()
    expect(page.get_by_role("list", name="Progress")).to_contain_text("Waiting for you")
    expect(page.get_by_text("There is a new message.")).to_be_attached()
    expect(page.get_by_label("Your answer")).to_have_value("I am just writ")
    expect(page.get_by_text("A colleague's guess")).to_have_count(0)


def test_a_lost_answer_keeps_the_draft_and_the_same_is_sent_once(people: People, acme: Desk) -> None:
    people.expect("ERR_FAILED|Failed to load")
    ticket = asked(acme)
    page = shown(people.signed_in("carol", acme), ticket)
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        assert route.fetch().status == 201
        return route.abort()

    page.route("**/comments", lose_the_first_answer)
    page.get_by_label("Add something").fill("It is version 5.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.reload()
    drawn(page)
    expect(page.get_by_label("Add something")).to_have_value("It is version 5.")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_label("Add something")).to_have_value("")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    said = acme.calls("carol").get(f"/v1/tickets/{ticket['id']}/comments").json["items"]
    assert [each["body"] for each in said] == ["It is version 5."]


def test_the_same_is_sent_under_its_key_while_the_first_one_still_runs(people: People, acme: Desk) -> None:
    people.expect("409|Failed to load")
    ticket = asked(acme)
    page = shown(people.signed_in("carol", acme), ticket)
    keys: list[str] = []

    def run_long(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        problem = {"status": 409, "code": "CONFLICT", "detail": "The first request is still running."}
        return route.fulfill(status=409, json=problem, headers={"Retry-After": "1"})

    page.route("**/comments", run_long)
    answer = page.get_by_label("Add something")
    answer.fill("It is version 6.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("still running")
    page.get_by_role("button", name="Send").click()

    expect(answer).to_have_value("")
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_what_is_typed_while_the_answer_is_sent_stays(people: People, acme: Desk) -> None:
    page = shown(people.signed_in("carol", acme), asked(acme))
    held: list[Route] = []
    page.route("**/comments", lambda route: held.append(route))
    answer = page.get_by_label("Add something")
    answer.fill("It is version 7.")
    with page.expect_request("**/comments"):
        page.get_by_role("button", name="Send").click()

    answer.fill("It is version 7. And one thing more")
    held[0].continue_()

    expect(answer).to_have_value("And one thing more")


def test_it_was_not_solved_then_it_was_and_is_rated(people: People, acme: Desk) -> None:
    ticket = asked(acme)
    path = f"/v1/tickets/{ticket['id']}"
    assert acme.calls("dario").post(f"{path}/resolve", {"resolution": "Try it again."}).status == 200
    page = shown(people.signed_in("carol", acme, Look.PHONE), ticket)
    clean(page, "customer-solved")

    page.get_by_role("button", name="No, not solved").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Open it again").click()
    reason = dialog.get_by_label("What is not solved yet?")
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(reason).to_be_focused()
    clean(page, "customer-reopening")
    reason.fill("It dropped again at nine.")
    dialog.get_by_role("button", name="Open it again").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("It dropped again at nine.")).to_be_visible()
    expect(page.get_by_role("button", name="Yes, this solves it")).to_have_count(0)

    assert acme.calls("dario").post(f"{path}/resolve", {"resolution": "A new gateway."}).status == 200
    shown(page, ticket)
    page.get_by_role("button", name="Yes, this solves it").click()
    expect(page.get_by_role("list", name="Progress").locator("[aria-current=step]")).to_contain_text("Closed")
    page.get_by_role("radio", name="4, good").check()
    page.get_by_label("Do you want to add something?").fill("It took two tries.")
    page.get_by_role("region", name="How was our help?").get_by_role("button", name="Send").click()
    expect(page.get_by_role("region", name="How was our help?")).to_contain_text("4, good")
    rating = acme.calls("dario").get(f"{path}/rating").json["rating"]
    assert (rating["score"], rating["comment"]) == (4, "It took two tries.")


def test_what_somebody_else_wrote_meanwhile_is_not_lost(people: People, acme: Desk) -> None:
    ticket = asked(acme)
    path = f"/v1/tickets/{ticket['id']}"
    page = shown(people.signed_in("carol", acme), ticket)

    def change(**fields: str) -> None:
        now = acme.calls("dario").get(path).json["version"]
        assert acme.calls("dario").patch(path, fields, If_Match=f'"{now}"').status == 200

    page.get_by_role("button", name="Change the request").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Subject").fill("The VPN drops each hour")
    change(description="Every hour. The log is at the gateway.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The VPN drops each hour")
    expect(page.get_by_text("The log is at the gateway.")).to_be_visible()

    page.get_by_role("button", name="Change the request").click()
    dialog.get_by_label("Subject").fill("VPN: hourly drops")
    change(subject="VPN of Bogotá")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_text("VPN of Bogotá")).to_be_visible()
    expect(dialog.get_by_label("Subject")).to_have_value("VPN: hourly drops")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("VPN: hourly drops")


def test_what_was_just_said_is_changed_and_taken_back(people: People, acme: Desk) -> None:
    ticket = asked(acme)
    comments = f"/v1/tickets/{ticket['id']}/comments"
    for text in ("The password is hunter2", "Forget it"):
        assert acme.calls("carol").post(comments, {"body": text}).status == 201
    page = shown(people.signed_in("carol", acme), ticket)
    dialog = page.get_by_role("dialog")
    first = page.get_by_role("article").filter(has_text="hunter2")
    first.get_by_role("button", name="Change your message").click()
    dialog.get_by_label("Your message").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Your message")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Your message").fill("I have mailed the password")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("I have mailed the password")).to_be_visible()
    expect(first).to_have_count(0)

    second = page.get_by_role("article").filter(has_text="Forget it")
    second.get_by_role("button", name="Take your message back").click()
    dialog.get_by_role("button", name="Take it back").click()
    expect(second).to_have_count(0)
    bodies = [each["body"] for each in acme.calls("carol").get(comments).json["items"]]
    assert bodies == ["I have mailed the password"]


def test_fields_of_the_desk_are_shown_and_changed(people: People, http: Http) -> None:
    counter = desk(http, "Fields")
    counter.add("carol", "customer")
    for field in (
        {"key": "floor", "name": "Floor", "type": "number", "editable_by_customers": True},
        {"key": "since", "name": "Since when", "type": "date", "editable_by_customers": True},
        {"key": "asset", "name": "Asset", "type": "text"},
    ):
        body = {**field, "visible_to_customers": True}
        assert counter.calls("ada").post("/v1/custom-fields", body).status == 201
    ticket = asked(counter, custom_fields={"floor": 3, "since": "2026-11-16"})
    path = f"/v1/tickets/{ticket['id']}"
    page = shown(people.signed_in("carol", counter, Look.PHONE), ticket)
    expect(page.get_by_text("16 Nov 2026")).to_be_visible()
    page.get_by_role("button", name="Change the request").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Asset")).to_have_count(0)
    dialog.get_by_label("Floor").fill("four")
    dialog.get_by_label("Since when").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Floor")).to_be_focused()
    expect(dialog.get_by_label("Floor")).to_have_attribute("aria-invalid", "true")
    asset = {"custom_fields": {"asset": "P-17"}}
    version = counter.calls("ada").get(path).json["version"]
    assert counter.calls("ada").patch(path, asset, If_Match=f'"{version}"').status == 200
    dialog.get_by_label("Floor").fill("4")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("P-17")).to_be_visible()
    assert counter.calls("ada").get(path).json["custom_fields"] == {"floor": 4, "asset": "P-17"}
    clean(page, "customer-fields")


def test_a_new_request_is_called_off(people: People, acme: Desk) -> None:
    ticket = asked(acme)
    page = shown(people.signed_in("carol", acme), ticket)
    page.get_by_role("button", name="Call it off").click()
    page.get_by_label("Why is it not needed any more?").fill("Found it in the manual.")
    page.get_by_role("dialog").get_by_role("button", name="Call it off").click()

    expect(page.get_by_role("list", name="Progress")).to_contain_text("Cancelled")
    expect(page.get_by_text("Found it in the manual.")).to_be_visible()
    expect(page.get_by_role("button", name="Call it off")).to_have_count(0)
    page.get_by_label("Add something").fill("I need it after all.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(lambda url: ticket["id"] not in url)
    expect(page.get_by_text("I need it after all.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "es"])
def test_requests_are_found_by_their_state_by_words_and_by_whose_they_are(
    people: People, acme: Desk, language: str
) -> None:
    mark = {"en": "Zanzibar", "es": "Quetzalcoatl"}[language]
    own, others = asked(acme, subject=f"{mark} one"), asked(acme, "chris", subject=f"{mark} two")
    ended = asked(acme, subject=f"{mark} three")
    assert (
        acme.calls("dario").post(f"/v1/tickets/{ended['id']}/resolve", {"resolution": "Done."}).status == 200
    )
    watch = {"user_id": acme.ids["carol"]}
    assert acme.calls("dario").post(f"/v1/tickets/{others['id']}/watchers", watch).status == 201
    words = {
        "en": ("Search your requests", "Whose requests", "In progress", "Solved"),
        "es": ("Buscar en sus solicitudes", "De quién", "En curso", "Resueltas"),
    }
    search, whose, active, solved = words[language]
    page = people.signed_in("carol", acme, Look.PHONE, language)
    page.goto("app/requests")
    drawn(page)
    rows = page.get_by_role("tabpanel").get_by_role("listitem")
    page.get_by_label(search).fill(mark)
    expect(rows).to_have_count(3)
    page.get_by_role("tab", name=active).click()
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Chris")).to_contain_text(f"{mark} two")
    page.get_by_label(whose).select_option("me")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(own["label"])
    page.get_by_role("tab", name=solved).click()
    expect(rows).to_contain_text(ended["label"])
    clean(page, "customer-requests")
    rows.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{mark} three")


def test_who_follows_leaves_and_nobody_sees_what_is_not_theirs(people: People, acme: Desk) -> None:
    ticket = asked(acme, "chris")
    watch = {"user_id": acme.ids["carol"]}
    path = f"/v1/tickets/{ticket['id']}/watchers"
    assert acme.calls("dario").post(path, watch).status == 201
    page = shown(people.signed_in("carol", acme), ticket)
    expect(page.get_by_role("button", name="Change the request")).to_have_count(0)
    page.get_by_role("button", name="Follow no longer").click()
    page.get_by_role("dialog").get_by_role("button", name="Follow no longer").click()
    page.wait_for_url("**/app/requests")

    assert acme.calls("dario").get(path).json["items"] == []
    shown(page, ticket)
    expect(page.get_by_text("There is nothing here")).to_be_visible()
