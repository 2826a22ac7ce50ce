"""What imports leave behind, and what becomes of it."""

from tests.imports.test_taking import tickets
from tests.imports.test_vendors import sample
from tests.support.database import Database
from tests.support.imports import Importer, lines, zendesk
from tests.support.jobs import Workshop

ROSA = "rosa@client.example"


def erase(importer: Importer, email: str) -> None:
    (user,) = importer.api.get(f"/v1/users?query={email}").json["items"]
    body = {"confirm": email, "reason": "requested"}
    assert importer.api.post(f"/v1/users/{user['id']}/erase", body).status == 202


def test_75_erasing_takes_a_person_out_of_what_was_imported(importer: Importer, workshop: Workshop) -> None:
    row = zendesk(1, description=f"Call {ROSA}.")
    row["comments"].append({"id": 5, "body": f"From {ROSA}", "created_at": "2026-03-04T09:00:00Z"})
    importer.take(lines(row, zendesk(2, assignee={"id": 3001, "name": "R", "email": ROSA}, status="open")))
    erase(importer, ROSA)
    workshop.work()

    told = str([importer.get({"id": each["id"]}) for each in importer.api.get("/v1/imports").json["items"]])
    assert ROSA not in str(tickets(importer)) + told
    assert workshop.database.rows("SELECT 1 FROM search_documents WHERE vector::text LIKE '%rosa%'") == []


def test_75_erasing_ends_imports_under_way_and_deletes_their_files(
    importer: Importer, workshop: Workshop, database: Database
) -> None:
    importer.take(lines(zendesk(1), zendesk(2, status="deleted")))
    waiting = importer.announce(lines(zendesk(3)))
    running = importer.announce(lines(zendesk(4)))
    assert importer.start(running).status == 202
    workshop.take()
    erase(importer, ROSA)
    workshop.work()

    assert [key for key in workshop.files() if key.startswith("imports/")] == []
    ended = importer.get(running)
    assert ended["status"] == "failed"
    assert ended["error"].startswith("Somebody was erased")
    assert importer.get(waiting)["status"] == "awaiting"
    assert database.value("SELECT count(*) FROM tickets") == 1


def test_what_an_import_had_to_say_goes_with_it_after_thirty_days(
    importer: Importer, database: Database
) -> None:
    importer.take(sample("freshdesk_export.json"), "freshdesk")
    assert database.value("SELECT count(*) FROM import_remarks") == 2
    database.run("UPDATE imports SET expires_at = now() - interval '1 second'")
    database.run("CALL sp_purge(1000, 0)")

    assert database.value("SELECT count(*) FROM imports") == 0
    assert database.value("SELECT count(*) FROM import_remarks") == 0
    # What was taken is known for ever, as its ticket is.
    assert database.value("SELECT count(*) FROM external_ids WHERE kind = 'ticket'") == 1


def test_old_ids_go_with_their_tickets(importer: Importer, database: Database) -> None:
    importer.take(lines(zendesk(1)))
    database.run("UPDATE workspaces SET retention_days = 30")
    database.run("CALL sp_purge_tickets(1000, 0)")
    assert database.value("SELECT count(*) FROM tickets") == 0
    assert database.value("SELECT count(*) FROM external_ids") == 0
