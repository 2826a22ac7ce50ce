"""What SES tells of mails: who gets none any more, whose workspace it concerns, and how it ends."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pytest

from chalicelib.notifications.feedback import Feedback
from tests.support.api import Api
from tests.support.cast import Cast, Person
from tests.support.database import Database
from tests.support.desk import Desk
from tests.support.for_each import for_each
from tests.support.letterbox import Letterbox, letter, proven
from tests.support.mailbox import LambdaContext, Mailbox, batch_of, deliver

RECORDED = Path(__file__).parent / "feedback"
_numbers = itertools.count(1)


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return found


def event(
    name: str,
    to: Person,
    *,
    workspace: UUID | None = None,
    message_id: str | None = None,
    days_ago: float = 0,
    **facts: Any,
) -> dict[str, Any]:
    """A recorded event about a mail to somebody."""
    told = recorded(name)
    text = json.dumps(told).replace("carol@customers.example", to.email)
    told = json.loads(text)
    about = told[told["eventType"].lower()]
    about["timestamp"] = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    about.update(facts)
    told["mail"]["tags"]["workspace"] = [str(workspace or to.workspace_id)]
    ours = message_id or f"<{next(_numbers)}.aaaaaaaaaaaaaaaaaaaaaaaaaa@mesa.example>"
    for header in told["mail"]["headers"]:
        if header["name"] == "X-Mesa-Message-ID":
            header["value"] = ours
    return told


def hear(*told: dict[str, Any] | str) -> list[int]:
    """Hands them to the Lambda; the places of those that failed."""
    from chalicelib.queues import mail_feedback

    batch = batch_of(*told)
    answer = mail_feedback(batch, LambdaContext(50))
    ids = [record["messageId"] for record in batch["Records"]]
    return [ids.index(item["itemIdentifier"]) for item in answer["batchItemFailures"]]


def wrapped(told: dict[str, Any]) -> dict[str, Any]:
    """As SNS sends it where raw delivery is off."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:mesa-mail-feedback",
        "Subject": "Amazon SES Email Event Notification",
        "Message": json.dumps(told) + "\n",
        "Timestamp": "2026-11-20T09:41:03.000Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/example.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    }


def problem(database: Database, person: Person) -> tuple[str | None, str | None]:
    (row,) = database.rows("SELECT * FROM users WHERE id = :u", u=person.id)
    assert (row["email_bad_at"] is None) == (row["email_bad_reason"] is None)
    return row["email_bad_reason"], row["email_bad_detail"]


def reason(database: Database, person: Person) -> str | None:
    return problem(database, person)[0]


@pytest.fixture
def mail(desk: Desk, cast: Cast, mailbox: Mailbox, database: Database) -> dict[str, Any]:
    """A mail that the desk has sent to Carol, as it is written down."""
    assert deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)) == []
    mailbox.empty()
    (row,) = database.rows("SELECT * FROM notifications WHERE user_id = :u", u=cast.carol.id)
    return row


class TestBounces:
    def test_an_address_that_is_none_gets_no_more_and_the_ticket_says_why(
        self, mail: dict[str, Any], desk: Desk, cast: Cast, database: Database, mailbox: Mailbox
    ) -> None:
        assert hear(event("bounce", cast.carol, message_id=mail["message_id"])) == []

        assert problem(database, cast.carol) == ("bounced", "550 5.1.1 user unknown")
        (note,) = database.rows("SELECT * FROM comments WHERE ticket_id = :t", t=mail["ticket_id"])
        assert (note["visibility"], note["author_id"]) == ("internal", None)
        assert note["body"] == f"A mail to {cast.carol.email} did not arrive. 550 5.1.1 user unknown"
        assert deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana)) == []
        assert mailbox.recipients == []

    def test_a_mail_that_only_the_providers_id_names_is_found_by_it(
        self, mail: dict[str, Any], cast: Cast, database: Database
    ) -> None:
        told = event("bounce", cast.carol)
        told["mail"]["messageId"] = mail["provider_id"]
        told["mail"]["headers"] = []

        assert hear(told) == []

        assert reason(database, cast.carol) == "bounced"
        assert database.value("SELECT count(*) FROM comments WHERE ticket_id = :t", t=mail["ticket_id"]) == 1

    def test_it_may_come_wrapped_and_as_a_notification_of_the_identity(
        self, cast: Cast, database: Database
    ) -> None:
        told = event("bounce", cast.carol)
        told["notificationType"] = told.pop("eventType")

        assert hear(wrapped(told)) == []

        assert reason(database, cast.carol) == "bounced"

    def test_five_times_is_once(self, mail: dict[str, Any], cast: Cast, database: Database) -> None:
        told = event("bounce", cast.carol, message_id=mail["message_id"])

        assert hear(told, told, wrapped(told), told, told) == []

        assert database.value("SELECT count(*) FROM mail_reports") == 1
        assert database.value("SELECT count(*) FROM comments") == 1

    def test_what_may_pass_counts_on_three_days(self, cast: Cast, database: Database) -> None:
        full = [event("full", cast.carol, days_ago=2) for _ in range(5)]
        assert hear(*full, event("full", cast.carol, days_ago=1)) == []
        assert reason(database, cast.carol) is None

        assert hear(event("full", cast.carol)) == []

        assert problem(database, cast.carol) == ("failing", "452 4.2.2 mailbox full")

    def test_what_may_pass_is_forgotten_after_a_fortnight(self, cast: Cast, database: Database) -> None:
        assert hear(*[event("full", cast.carol, days_ago=days) for days in (20, 15, 1, 0)]) == []

        assert reason(database, cast.carol) is None

    def test_the_answer_of_somebody_who_is_away_is_no_failure(self, cast: Cast, database: Database) -> None:
        assert hear(*[event("away", cast.carol, days_ago=days) for days in (0, 1, 2, 3)]) == []

        assert reason(database, cast.carol) is None
        assert database.value("SELECT count(*) FROM mail_reports") == 0

    @pytest.mark.parametrize("subtype", ["MessageTooLarge", "ContentRejected", "AttachmentRejected"])
    def test_what_is_wrong_with_the_mail_is_not_wrong_with_the_address(
        self, cast: Cast, database: Database, subtype: str
    ) -> None:
        told = [event("full", cast.carol, days_ago=days, bounceSubType=subtype) for days in (0, 1, 2)]
        assert hear(*told) == []

        assert reason(database, cast.carol) is None

    def test_what_ses_cannot_tell_means_nothing(self, cast: Cast, database: Database) -> None:
        assert hear(event("bounce", cast.carol, bounceType="Undetermined")) == []

        assert reason(database, cast.carol) is None


class TestComplaints:
    def test_who_calls_it_spam_gets_no_more_about_tickets(
        self, mail: dict[str, Any], desk: Desk, cast: Cast, database: Database, mailbox: Mailbox
    ) -> None:
        assert hear(event("complaint", cast.carol, message_id=mail["message_id"])) == []

        assert problem(database, cast.carol) == ("complained", None)
        (note,) = database.rows("SELECT * FROM comments WHERE ticket_id = :t", t=mail["ticket_id"])
        assert note["body"].startswith(f"{cast.carol.email} called a mail about this ticket spam")
        deliver(desk.event("ticket.closed", desk.ticket(cast.carol), cast.ana))
        assert mailbox.recipients == []

    def test_it_outweighs_a_bounce_whichever_comes_first(self, cast: Cast, database: Database) -> None:
        assert hear(event("bounce", cast.carol), event("complaint", cast.carol)) == []
        assert hear(event("complaint", cast.chris), event("bounce", cast.chris)) == []

        assert [reason(database, who) for who in (cast.carol, cast.chris)] == ["complained", "complained"]

    @pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
    def test_what_calls_nothing_spam_is_no_complaint(self, cast: Cast, database: Database, kind: str) -> None:
        assert hear(event("complaint", cast.carol, complaintFeedbackType=kind)) == []

        assert reason(database, cast.carol) is None


class TestWhoseItIs:
    def test_only_the_workspace_that_sent_the_mail_is_concerned(self, cast: Cast, database: Database) -> None:
        """The same person may read the mails of another desk gladly."""
        database.run("UPDATE users SET email = :e WHERE id = :u", e=cast.carol.email, u=cast.mallory.id)

        assert hear(event("complaint", cast.carol, workspace=cast.mallory.workspace_id)) == []

        assert reason(database, cast.carol) is None
        assert reason(database, cast.mallory) == "complained"

    def test_without_a_workspace_it_concerns_nobody(self, cast: Cast, database: Database) -> None:
        told = event("bounce", cast.carol)
        del told["mail"]["tags"]

        assert hear(told, event("bounce", cast.carol, workspace=UUID(int=1))) == []

        assert reason(database, cast.carol) is None

    def test_an_address_that_the_mail_did_not_go_to_is_not_believed(
        self, cast: Cast, database: Database
    ) -> None:
        told = event("bounce", cast.carol)
        told["bounce"]["bouncedRecipients"][0]["emailAddress"] = cast.chris.email

        assert hear(told) == []

        assert [reason(database, who) for who in (cast.carol, cast.chris)] == [None, None]

    def test_whoever_has_another_address_now_is_not_concerned(self, cast: Cast, database: Database) -> None:
        told = event("bounce", cast.carol)
        database.run("UPDATE users SET email = 'carol@new.example' WHERE id = :u", u=cast.carol.id)

        assert hear(told) == []

        assert reason(database, cast.carol) is None


class TestTheEndOfIt:
    def test_who_writes_in_is_reached_again_and_older_news_changes_nothing(
        self, letterbox: Letterbox, cast: Cast, database: Database
    ) -> None:
        assert hear(event("bounce", cast.carol)) == []

        letterbox.bring(letter())

        assert reason(database, cast.carol) is None
        assert (
            hear(event("bounce", cast.carol, days_ago=0.1), event("complaint", cast.carol, days_ago=1)) == []
        )
        assert reason(database, cast.carol) is None

    def test_days_from_before_do_not_count_again(
        self, letterbox: Letterbox, cast: Cast, database: Database
    ) -> None:
        hear(*[event("full", cast.carol, days_ago=days) for days in (2, 1, 0)])
        letterbox.bring(letter())

        assert hear(event("full", cast.carol, days_ago=-1)) == []

        assert reason(database, cast.carol) is None

    def test_a_complaint_is_taken_back_by_nobody_who_only_says_to_be_them(
        self, letterbox: Letterbox, cast: Cast, database: Database
    ) -> None:
        hear(event("complaint", cast.carol))

        letterbox.bring(letter())
        assert reason(database, cast.carol) == "complained"

        letterbox.bring(letter(), results=proven("customers.example"))
        assert reason(database, cast.carol) is None

    def test_after_an_administrators_word_what_is_older_changes_nothing(
        self, api: Api, cast: Cast, database: Database
    ) -> None:
        late = event("bounce", cast.carol)
        hear(event("full", cast.carol), event("bounce", cast.carol))

        admin = api.with_token(cast.ada.token)
        assert admin.patch(f"/v1/users/{cast.carol.id}", {"email_problem": None}).status == 200

        assert hear(late) == []
        assert reason(database, cast.carol) is None
        assert hear(event("bounce", cast.carol)) == []
        assert reason(database, cast.carol) == "bounced"


class TestPoison:
    @for_each(
        "body",
        [
            *("", "{}", "[]", "null", "7", "no JSON", '{"Type": "Notification"}', "[" * 9999),
            *('{"eventType": "Bounce"}', '{"Type": "Notification", "Message": {}}'),
            '{"eventType": "Bounce", "bounce": {"bouncedRecipients": 1}, "mail": {"timestamp": 1}}',
        ],
    )
    def test_what_is_no_event_of_ses_goes_to_the_dead_letters(self, database: Database, body: str) -> None:
        assert hear(body) == [0]

    def test_poison_keeps_no_other_from_being_heard(self, cast: Cast, database: Database) -> None:
        assert hear("poison", event("bounce", cast.carol)) == [0]

        assert reason(database, cast.carol) == "bounced"

    @pytest.mark.parametrize("name", ["Send", "Open", "Rendering Failure", "DeliveryDelay", "Something new"])
    def test_other_events_mean_nothing(self, cast: Cast, database: Database, name: str) -> None:
        told = event("delivery", cast.carol)
        told["eventType"] = name

        assert hear(event("delivery", cast.carol), told) == []

        assert database.value("SELECT count(*) FROM mail_reports") == 0

    def test_what_ses_publishes_to_try_its_rights_is_no_poison(self, database: Database) -> None:
        trial = "Successfully validated SNS topic for Amazon SES event publishing."

        assert hear(trial, {"Type": "Notification", "Message": trial}) == []

    def test_what_servers_say_is_kept_as_one_short_line(self, cast: Cast, database: Database) -> None:
        told = event("bounce", cast.carol)
        said = "smtp; 550 no\r\n\tsuch\x00 user\u2028here " + "x" * 9000
        told["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = said

        assert hear(told) == []

        detail = problem(database, cast.carol)[1]
        assert detail is not None
        assert detail.startswith("550 no such user here x")
        assert len(detail) == 500


@pytest.mark.parametrize("raw", ["true", "false"])
def test_sns_hands_it_to_the_queue(cast: Cast, database: Database, aws: str, raw: str) -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    queue = sqs.create_queue(QueueName=f"feedback-{raw}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name=f"feedback-{raw}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": raw})

    sns.publish(TopicArn=topic, Message=json.dumps(event("bounce", cast.carol)))

    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert hear(message["Body"]) == []
    assert reason(database, cast.carol) == "bounced"


def test_the_recorded_events_are_read_whole() -> None:
    read = Feedback.parse(json.dumps(recorded("bounce") | {"mail": recorded("bounce")["mail"]}))

    assert (read.type, read.trouble) == ("Bounce", "bounced")
    assert read.addressees == {"carol@customers.example": "550 5.1.1 user unknown"}
    assert read.message_id == "<1.aaaaaaaaaaaaaaaaaaaaaaaaaa@mesa.example>"
