"""Points on the deployed stack: from a ticket through the queues to a real server that is asked for them."""

from functools import partial

from chalicelib.core.json_text import dumps
from local.deploy import Cloud
from local.server import SUPERUSER
from local.stack import DATABASE, Stack
from tests.e2e.http import Http, awaited
from tests.support.database import Database
from tests.support.metrics_server import Points

PASSWORD = "violet staple horse"
EVENTS = """
    SELECT id, type, workspace_id, ticket_id, sequence, internal, created_at, payload FROM events
    WHERE workspace_id = :w AND type LIKE 'ticket.%' ORDER BY id
"""


def test_the_story_of_a_ticket_is_told_once(http: Http, stack: Stack, points: Points) -> None:
    points.required()
    owner = {"admin_email": "ada@points.example", "admin_password": PASSWORD}
    registered = http.post("/v1/auth/register", {"workspace_name": "Points", **owner}).json
    desk, me = registered["workspace"]["id"], registered["user"]["id"]
    ada = http.with_token(registered["access_token"])
    carol = {"name": "Carol", "email": "carol@points.example"}
    public = f"/v1/public/{registered['workspace']['slug']}/tickets"
    label = http.post(public, {**carol, "subject": "No paper", "description": "Since Monday."}).json["label"]
    (ticket,) = (each for each in ada.get("/v1/tickets").json["items"] if each["label"] == label)
    path = f"/v1/tickets/{ticket['id']}"
    for verb, body in (
        ("assign", {"assignee_id": me}),
        ("comments", {"body": "Which printer?"}),
        ("resolve", {"resolution": "Filled up."}),
    ):
        reply = ada.post(f"{path}/{verb}", body)
        assert reply.status in (200, 201), reply.text

    of = partial(points.values, desk)
    awaited("the end of the story", lambda: of("ticket_resolved_count"))
    points.await_count(desk, 8)
    assert of("ticket_created_count", source="public", status="new") == [1]
    assert of("ticket_assigned_count", assignee=me) == [1]
    assert of("ticket_status_count", **{"from": "new", "status": "open"}) == [1]
    assert of("ticket_status_count", **{"from": "open", "status": "resolved"}) == [1]
    assert of("ticket_comment_count", visibility="public", assignee=me) == [1, 1]
    (first,), (resolved,) = of("ticket_first_response_seconds"), of("ticket_resolved_seconds")
    assert 0 < first < resolved < 120

    # All of it once more, and a last event behind it.
    database = Database(stack.cluster.dsn(SUPERUSER, DATABASE))
    rows = database.rows(EVENTS, w=desk)
    database.close()
    sqs = Cloud(stack.endpoint).client("sqs")
    for row in rows:
        sqs.send_message(QueueUrl=stack.outputs["PointsQueueUrl"], MessageBody=dumps(row, ascii_only=True))
    assert ada.post(f"{path}/reopen", {"reason": "Empty again."}).status == 200
    awaited("the last event", lambda: of("ticket_status_count", **{"from": "resolved", "status": "open"}))
    empty = {"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0"}
    waiting = partial(
        sqs.get_queue_attributes, QueueUrl=stack.outputs["PointsQueueUrl"], AttributeNames=[*empty]
    )
    awaited("the queue's end", lambda: waiting()["Attributes"] == empty)
    assert len(rows) == 5
    assert of("ticket_created_count") == [1]
    assert of("ticket_comment_count") == [1, 1]
    assert of("ticket_resolved_seconds") == [resolved]
