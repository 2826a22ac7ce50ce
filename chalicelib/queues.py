"""Door: SQS batches. Each record stands alone: what fails is reported and comes again, poison ends in the
dead-letter queue by itself, and a second delivery finds the traces of the first.

A consumer is a Lambda of a few lines: `return consume(batch, "name", handle, seconds=…)`, where `handle` does
one event in a transaction of its own and raises where it must come again.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, TypeVar
from uuid import UUID

from chalice import Blueprint
from chalice.app import SQSEvent, SQSRecord
from sqlalchemy import Row

from chalicelib.accounts import jobs as held_jobs
from chalicelib.accounts import taken_rows
from chalicelib.analytics import counting, export_jobs
from chalicelib.channels import quarantining, routing
from chalicelib.channels import receiving as mail_in
from chalicelib.channels import releasing as mail_releasing
from chalicelib.channels.letter import Letter
from chalicelib.channels.mail_news import MailNews
from chalicelib.core import events, jobs, logs, metrics, storage
from chalicelib.core.db import Transaction, in_transaction
from chalicelib.core.deliveries import Result
from chalicelib.core.event import Event
from chalicelib.core.mail import LONGEST_SEND_SECONDS, Tracking, address_of, domain_of
from chalicelib.core.settings import (
    AttachmentSettings,
    DatabaseSettings,
    JobSettings,
    MailboxSettings,
    NotificationSettings,
    RelaySettings,
    WebhookSettings,
)
from chalicelib.imports import asking as imports_asking
from chalicelib.imports import working as imports_working
from chalicelib.models.words import Scan
from chalicelib.notifications import (
    account_mails,
    bulk_mails,
    claiming,
    delivering,
    digest_mails,
    hearing,
    settling,
    staff_mails,
    template_mails,
    webhook_mails,
)
from chalicelib.notifications.feedback import Feedback
from chalicelib.notifications.queries import Settlement, let_go
from chalicelib.privacy import erasing, exporting, sweeping
from chalicelib.sla import calendar_setup, policy_setup
from chalicelib.tickets import (
    bulk,
    bulk_jobs,
    escalating,
    receiving,
    recounting,
    reindexing,
    repromising,
    rule_running,
    waiting,
)
from chalicelib.tickets.file_links import object_key
from chalicelib.tickets.file_news import FileNews, Scanned
from chalicelib.webhooks import dispatching, fanning_out, sealed
from chalicelib.webhooks.settling import settle as settle_delivery

# What is left of a Lambda's time to write down what was done.
SETTLING_SECONDS = 5.0
# A transaction of five statements, or a call to S3 with its repeats.
RECEIVING_SECONDS = 20.0
# The same with as many files as a mail may have, and one call to SQS.
MAIL_SECONDS = 30.0
# A transaction of some ten statements, and one call to SQS.
RULE_SECONDS = 20.0
# A transaction of some six statements, and one call to SQS.
WEBHOOK_SECONDS = 20.0
# Two transactions of a statement each.
COUNTING_SECONDS = 25.0
# Longer than one statement (10 s) or one call to S3 and its repetition may take.
JOB_STEP_SECONDS = 40.0


def release_mail(run: Callable[..., Any], job: Row[Any], _: str, has_time: "HasTime") -> bool:  # noqa: ARG001
    """Takes in a mail that was released from quarantine."""
    settings = job_settings()
    return mail_releasing.release(
        run,
        job,
        settings.mail_bucket,
        settings.attachments_bucket,
        address_of(settings.mail_from),
        settings.mail_domain,
    )


# What each kind of job does: whether it has ended, else there was no more time.
JOB_KINDS: dict[str, Callable[[Callable[..., Any], Row[Any], str, "HasTime"], bool]] = {
    bulk.KIND: bulk_jobs.work,
    exporting.KIND: exporting.export,
    taken_rows.KIND: export_jobs.work,
    imports_asking.KIND: imports_working.work,
    quarantining.KIND: release_mail,
    erasing.KIND: sweeping.sweep,
    calendar_setup.KIND: recounting.recount,
    policy_setup.KIND: repromising.repromise,
    reindexing.KIND: reindexing.refresh,
}
# What the end of a kind means beyond itself, where nothing else is left to end it.
JOB_ENDS = {bulk.KIND: bulk_jobs.tell, imports_asking.KIND: imports_asking.tell}
# Which events are told to several of the staff at once, and who claims those mails.
STAFF_MAILS = {
    bulk_mails.ENDED: bulk_mails.claim,
    template_mails.FAILED: template_mails.claim,
    webhook_mails.DISABLED: webhook_mails.claim,
}

HasTime = Callable[[], bool]
Claimed = TypeVar("Claimed")

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


class ComesAgain(Exception):
    """Not all of the event could be done now. Its next delivery does the rest."""


@bp.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="mesa-notifications", batch_size=10, name="notifications"
)
def notifications(batch: SQSEvent) -> dict[str, Any]:
    """Tells by mail what happened: claims in one transaction, sends, settles in another."""
    settings = notification_settings()
    return consume(
        batch,
        "notifications",
        lambda event, has_time: notify(event, settings, has_time),
        seconds=LONGEST_SEND_SECONDS + SETTLING_SECONDS,
    )


def notify(event: Event, settings: NotificationSettings, has_time: HasTime) -> None:
    """Sends the mails of one event, each once. Raises ComesAgain where some are still to be sent."""
    domain = domain_of(settings.mail_from)
    if account_mails.is_told(event.type):
        notify_of_account(event, settings, domain, has_time)
        return
    if event.type in STAFF_MAILS:
        notify_staff(event, settings, domain, has_time)
        return
    if event.type == digest_mails.DUE:
        notify_watcher(event, settings, domain, has_time)
        return
    if not claiming.is_told(event.type) or event.ticket_id is None:
        return
    claim, elsewhere = claimed(event, lambda tx: claiming.claim(tx, event, domain))
    if claim is None:
        conclude(event, delivering.Delivery(), elsewhere)
        return
    delivery = delivering.deliver(
        claim,
        event.ticket_id,
        settings.mail_from,
        settings.public_url,
        has_time,
        Tracking(settings.configuration_set, event.workspace_id),
        settings.mail_domain,
    )
    failures = claim.texts.failures
    settle = partial(settling.settle, failures=failures) if failures else None
    conclude(event, delivery, elsewhere, settle)


def notify_of_account(event: Event, settings: NotificationSettings, domain: str, has_time: HasTime) -> None:
    """Sends the mail about an account, with the token that is issued for it. Raises ComesAgain likewise."""
    claim, elsewhere = claimed(event, lambda tx: account_mails.claim(tx, event, domain))
    drafts: list[delivering.Draft] = []
    if claim:
        draft = partial(
            account_mails.compose, claim.letter, claim.message_id, settings.mail_from, settings.public_url
        )
        drafts = [(claim.user_id, draft)]
    tracking = Tracking(settings.configuration_set, event.workspace_id)
    conclude(event, delivering.deliver_each(drafts, has_time, tracking), elsewhere)


def notify_staff(event: Event, settings: NotificationSettings, domain: str, has_time: HasTime) -> None:
    """Tells several of the staff what is no single ticket, one mail a person. Raises ComesAgain likewise."""
    claim, elsewhere = claimed(event, lambda tx: STAFF_MAILS[event.type](tx, event, domain))
    drafts: list[delivering.Draft] = []
    if claim:
        drafts = [
            (letter.user_id, partial(staff_mails.compose, claim, letter, message_id, settings.mail_from))
            for letter, message_id in claim.letters
        ]
    tracking = Tracking(settings.configuration_set, event.workspace_id)
    conclude(event, delivering.deliver_each(drafts, has_time, tracking), elsewhere)


def notify_watcher(event: Event, settings: NotificationSettings, domain: str, has_time: HasTime) -> None:
    """Tells one person what happened to the tickets that they watch. Raises ComesAgain likewise."""
    digest, elsewhere = claimed(event, lambda tx: digest_mails.claim(tx, event, domain))
    drafts: list[delivering.Draft] = []
    if digest:
        draft = partial(digest_mails.compose, digest, settings.mail_from, settings.public_url)
        drafts = [(digest.reader.user_id, draft)]
    tracking = Tracking(settings.configuration_set, event.workspace_id)
    delivery = delivering.deliver_each(drafts, has_time, tracking)
    conclude(event, delivery, elsewhere, digest_mails.settle)


def claimed(event: Event, claim: Callable[[Transaction], Claimed | None]) -> tuple[Claimed | None, int]:
    """Which of an event's mails this delivery is to send, and how many another may be sending."""
    return in_transaction(lambda tx: (claim(tx), let_go(tx, event)), repeatable=True)


def conclude(
    event: Event,
    delivery: delivering.Delivery,
    elsewhere: int,
    settle: Callable[[Transaction, Event, Sequence[Settlement]], None] | None = None,
) -> None:
    """Writes down what was sent. Raises ComesAgain where some is not."""
    if delivery.settlements:
        write = settle or settling.settle
        in_transaction(lambda tx: write(tx, event, delivery.settlements), repeatable=True)
    if delivery.unsent or elsewhere:
        raise ComesAgain(f"{delivery.unsent} mails unsent, {elsewhere} perhaps being sent elsewhere")


@bp.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="mesa-mail-feedback", batch_size=10, name="mail-feedback"
)
def mail_feedback(batch: SQSEvent) -> dict[str, Any]:
    """Takes in what SES tells of mails that bounced or were called spam."""
    feedback_settings()
    return consume(
        batch,
        "mail-feedback",
        lambda feedback, _: _repeatable(partial(hearing.hear, feedback=feedback)),
        seconds=RULE_SECONDS,
        parse=Feedback.parse,
    )


@bp.on_sqs_message(queue="mesa-attachments", batch_size=10, name="attachments")  # type: ignore[untyped-decorator]
def attachments(batch: SQSEvent) -> dict[str, Any]:
    """Takes in what S3 says of new files, and scanners of what is in them."""
    settings = attachment_settings()
    return consume(
        batch,
        "attachments",
        lambda news, _: take_in(news, settings),
        seconds=RECEIVING_SECONDS,
        parse=partial(FileNews.parse, bucket=settings.attachments_bucket),
    )


def take_in(news: FileNews, settings: AttachmentSettings) -> None:
    """Does what the news asks for; an object that nobody wants is deleted, in that version."""
    scan = Scan.PENDING if settings.scanner == "external" else Scan.CLEAN
    for told in news.told:
        if isinstance(told, Scanned):
            in_transaction(partial(receiving.judge, news=told), repeatable=True)
        elif not in_transaction(partial(receiving.receive, news=told, scan=scan), repeatable=True):
            key = object_key(told.workspace_id, told.attachment_id)
            storage.remove(settings.attachments_bucket, key, told.version)


@bp.on_sqs_message(queue="mesa-mailbox", batch_size=10, name="mailbox")  # type: ignore[untyped-decorator]
def mailbox(batch: SQSEvent) -> dict[str, Any]:
    """Takes in the mails that SES has stored."""
    settings = mailbox_settings()
    return consume(
        batch,
        "mailbox",
        lambda news, _: take_mail(news, settings),
        seconds=MAIL_SECONDS,
        parse=partial(MailNews.parse, bucket=settings.mail_bucket),
    )


def take_mail(news: MailNews, settings: MailboxSettings) -> None:
    """Reads each mail and takes it in, at every workspace that it was sent to."""
    sends_from = address_of(settings.mail_from)
    for told in news.told:
        raw = storage.read(settings.mail_bucket, told.key)
        if raw is None:
            log.warning("mail is gone", extra={"object_key": told.key})
            continue
        letter = Letter.read(told.key, raw)
        way = in_transaction(
            partial(routing.route, letter=letter, sends_from=sends_from, domain=settings.mail_domain),
            repeatable=True,
        )
        for to in way.destinations:
            logs.workspace_id.set(str(to.workspace_id))
            received = in_transaction(
                partial(mail_in.receive, letter=letter, to=to, ours=way.ours), repeatable=True
            )
            for file in received.files:
                file.put(settings.attachments_bucket)
            events.send_committed(received.news, settings.event_queue_urls, settings.job_queue_url)


@bp.on_sqs_message(queue="mesa-rules", batch_size=10, name="rules")  # type: ignore[untyped-decorator]
def rules(batch: SQSEvent) -> dict[str, Any]:
    """Does what an escalation says, what the rules of a workspace make of an event, or the clock of a ticket
    that waits, and sends the news of it."""
    settings = rule_settings()
    return consume(
        batch, "rules", lambda event, has_time: apply_rules(event, settings, has_time), seconds=RULE_SECONDS
    )


def apply_rules(event: Event, settings: RelaySettings, has_time: HasTime) -> None:
    """Carries out an escalation, and runs the rules on the event. Raises ComesAgain where time ends before
    the rules do."""

    def send(news: Sequence[dict[str, Any]]) -> None:
        events.send_committed(news, settings.event_queue_urls, settings.job_queue_url)

    if event.type == waiting.DUE:
        send(_repeatable(partial(waiting.go_on, event=event)))
        return
    if event.type == escalating.ESCALATED:
        send(_repeatable(partial(escalating.carry_out, event=event)))
    if not rule_running.run(_repeatable, event, send, has_time):
        raise ComesAgain("not all rules have run")


@bp.on_sqs_message(queue="mesa-webhooks", batch_size=10, name="webhooks")  # type: ignore[untyped-decorator]
def webhooks(batch: SQSEvent) -> dict[str, Any]:
    """Hands each event to the webhooks that want it."""
    settings = webhook_settings()
    keys = sealed.keys(settings.webhook_secret_arn)

    def handle(event: Event, _: HasTime) -> None:
        claimed = in_transaction(lambda tx: fanning_out.fan_out(tx, event), repeatable=True)
        dispatching.hand_over(_repeatable, claimed, keys, settings.delivery_queue_url)

    return consume(batch, "webhooks", handle, seconds=WEBHOOK_SECONDS)


@bp.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="mesa-delivery-results", batch_size=10, name="delivery-results"
)
def delivery_results(batch: SQSEvent) -> dict[str, Any]:
    """Writes down what became of calls, and hands over what has waited for them."""
    settings = webhook_settings()
    keys = sealed.keys(settings.webhook_secret_arn)

    def handle(result: Result, _: HasTime) -> None:
        claimed = in_transaction(lambda tx: settle_delivery(tx, result), repeatable=True)
        dispatching.hand_over(_repeatable, claimed, keys, settings.delivery_queue_url)

    return consume(batch, "delivery-results", handle, seconds=WEBHOOK_SECONDS, parse=Result.parse)


@bp.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="mesa-insight", batch_size=100, maximum_batching_window_in_seconds=1, name="insight"
)
def insight(batch: SQSEvent) -> dict[str, Any]:
    """Counts the tickets of which events tell: those of a workspace in one go, and each by itself where that
    fails, so that one that cannot be counted holds up no other."""
    insight_settings()
    counted = count_together(batch)

    def handle(event: Event, _: HasTime) -> None:
        if event.ticket_id is not None and counting.is_counted(event) and event.workspace_id not in counted:
            count(event.workspace_id, {event.ticket_id})

    return consume(batch, "insight", handle, seconds=COUNTING_SECONDS)


def count_together(batch: SQSEvent) -> set[UUID]:
    """The workspaces of which all was counted that the batch tells of."""
    logs.request_id.set(getattr(batch.context, "aws_request_id", None))
    news = []
    for record in batch:
        with suppress(ValueError):
            news.append(Event.parse(record.body))
    counted = set()
    for workspace_id, tickets in counting.tickets_of(news).items():
        try:
            count(workspace_id, tickets)
        except Exception:
            log.warning("tickets are counted one by one", exc_info=True)
        else:
            counted.add(workspace_id)
    return counted


def count(workspace_id: UUID, tickets: set[UUID]) -> None:
    in_transaction(lambda tx: counting.count(tx, workspace_id, tickets), repeatable=True)


@bp.on_sqs_message(queue="mesa-jobs", batch_size=1, name="jobs")  # type: ignore[untyped-decorator]
def work_off(batch: SQSEvent) -> dict[str, Any]:
    """Does what was asked for, by its kind: see JOB_KINDS."""
    settings = job_settings()
    return consume(
        batch,
        "jobs",
        lambda event, has_time: do_job(event, settings, has_time),
        seconds=JOB_STEP_SECONDS,
    )


def do_job(event: Event, settings: JobSettings, has_time: HasTime) -> None:
    """Goes on with one job as long as there is time; what is left is asked for anew. A job that fails comes
    again, and says so once it has failed too often."""
    if event.type != jobs.REQUESTED:
        return
    try:
        job_id = UUID((event.payload or {})["job"]["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"This event asks for no job: {error!r}") from error
    try:
        job = in_transaction(lambda tx: held_jobs.take_up(tx, event.workspace_id, job_id), repeatable=True)
    except jobs.InOtherHands as held:
        raise ComesAgain(str(held)) from held
    if job is None:
        return
    try:
        has_ended = JOB_KINDS[job.kind](_repeatable, job, settings.export_bucket, has_time)
    except Exception:
        in_transaction(lambda tx: held_jobs.put_back(tx, job, JOB_ENDS), repeatable=True)
        raise
    if not has_ended:
        in_transaction(lambda tx: held_jobs.go_on_later(tx, job), repeatable=True)


def _repeatable(unit: Callable[[Transaction], Any]) -> Any:
    return in_transaction(unit, repeatable=True)


def consume(
    batch: SQSEvent,
    consumer: str,
    handle: Callable[[Any, HasTime], None],
    *,
    seconds: float,
    parse: Callable[[str], Any] = Event.parse,
) -> dict[str, Any]:
    """Hands over the messages, as `parse` reads them, each only while `seconds` of its time are left.

    Answers which records failed, as SQS event sources report it (`ReportBatchItemFailures`).
    """
    logs.request_id.set(getattr(batch.context, "aws_request_id", None))

    def has_time() -> bool:
        return bool(batch.context.get_remaining_time_in_millis() > seconds * 1000)

    records = list(batch)
    ages = [_handled(record, parse, handle, has_time) if has_time() else None for record in records]
    failed = [record for record, age in zip(records, ages, strict=True) if age is None]
    done = [age for age in ages if age is not None]
    metrics.emit(
        {
            "RecordsDone": (len(done), "Count"),
            "RecordsFailed": (len(failed), "Count"),
            **({"EventAge": (done, "Seconds")} if done else {}),
        },
        Consumer=consumer,
    )
    return {"batchItemFailures": [{"itemIdentifier": record.to_dict()["messageId"]} for record in failed]}


def _handled(
    record: SQSRecord,
    parse: Callable[[str], Any],
    handle: Callable[[Any, HasTime], None],
    has_time: HasTime,
) -> float | None:
    """How old what is done was by then, in seconds; None for what comes again."""
    facts = {"message_id": record.to_dict()["messageId"]}
    facts["receive_count"] = record.to_dict().get("attributes", {}).get("ApproximateReceiveCount")
    workspace_token, event_token = logs.workspace_id.set(None), logs.event_id.set(None)
    try:
        event = parse(record.body)
        logs.workspace_id.set(str(event.workspace_id) if event.workspace_id else None)
        logs.event_id.set(event.id)
        handle(event, has_time)
    except ComesAgain as rest:
        log.warning("event comes again", extra={**facts, "reason": str(rest)})
        return None
    except Exception:
        log.exception("record failed", extra=facts)
        return None
    else:
        age: float = round((datetime.now(UTC) - event.created_at).total_seconds(), 3)
        log.info("event done", extra={**facts, "type": event.type, "age_seconds": age})
        return age
    finally:
        logs.workspace_id.reset(workspace_token)
        logs.event_id.reset(event_token)


@lru_cache(maxsize=1)
def attachment_settings() -> AttachmentSettings:
    """Checked once a sandbox: what is missing refuses to start."""
    settings = AttachmentSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def feedback_settings() -> DatabaseSettings:
    """The same, for what hears of mails."""
    settings = DatabaseSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def mailbox_settings() -> MailboxSettings:
    """The same, for what takes mail in."""
    settings = MailboxSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def job_settings() -> JobSettings:
    """The same, for what works off jobs."""
    settings = JobSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def rule_settings() -> RelaySettings:
    """The same, for what runs rules: it sends events, as the relay does."""
    settings = RelaySettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def insight_settings() -> DatabaseSettings:
    """The same, for what counts."""
    settings = DatabaseSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def webhook_settings() -> WebhookSettings:
    """The same, for what hands events to webhooks."""
    settings = WebhookSettings.load()
    logs.configure(settings.log_level)
    return settings


@lru_cache(maxsize=1)
def notification_settings() -> NotificationSettings:
    """The same, for what sends mail."""
    settings = NotificationSettings.load()
    logs.configure(settings.log_level)
    return settings
