"""Jobs in process: from the outbox through the relay and the queue to their Lambda."""

from typing import Any

from chalicelib.core import events
from tests.support.database import Database
from tests.support.mailbox import LambdaContext, batch_of
from tests.support.played_aws import client, empty_bucket, taken


class Workshop:
    """The queue of jobs and the Lambda that works them off."""

    def __init__(self, stage: dict[str, str], aws: str, database: Database) -> None:
        self.stage = stage
        self.database = database
        self.s3 = client("s3", aws)
        self.bucket = stage["MESA_EXPORT_BUCKET"]
        empty_bucket(self.bucket)
        self.take()

    def take(self) -> list[dict[str, Any]]:
        """All messages that wait."""
        return taken(self.stage["MESA_JOB_QUEUE_URL"])

    def relay(self) -> None:
        """Sends what is kept back, as if its time had come."""
        self.database.run("UPDATE events SET leased_until = now() WHERE sent_at IS NULL")
        self.database.run("UPDATE jobs SET leased_until = now() WHERE status = 'queued'")
        events.relay([self.stage["MESA_EVENT_QUEUE_URLS"]], self.stage["MESA_JOB_QUEUE_URL"])

    def work(self) -> None:
        """Relays and works off until nothing is asked for any more."""
        self.relay()
        while asked := self.take():
            assert self.deliver(*asked) == []
            self.relay()

    def deliver(self, *bodies: dict[str, Any], seconds: float = 300.0) -> list[int]:
        """Hands messages to the Lambda one by one; the places of those that it reports as failed."""
        from chalicelib.queues import work_off

        answers = [work_off(batch_of(body), LambdaContext(seconds)) for body in bodies]
        return [place for place, answer in enumerate(answers) if answer["batchItemFailures"]]

    def files(self) -> dict[str, bytes]:
        """What is in the bucket, by key."""
        listed = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", ())
        return {
            found["Key"]: self.s3.get_object(Bucket=self.bucket, Key=found["Key"])["Body"].read()
            for found in listed
        }
