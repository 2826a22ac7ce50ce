"""What can be broken of a deployed stack from outside, by signals, by a network and by what queues offer
everybody: its database, its sandboxes, its way to SQS, its messages."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from random import Random

from local import processes
from local.redrive import redrive
from local.server import SUPERUSER
from local.stack import DATABASE, Stack
from tests.chaos.sandboxes import STARTING_SECONDS, kill_one, sandboxes
from tests.chaos.tally import Tally
from tests.e2e.http import Http, awaited
from tests.support.database import Database
from tests.support.lossy_proxy import MoodyProxy

CONSUMERS = ("Notifications", "Webhooks", "Deliveries", "DeliveryResults", "Insight", "Rules", "Egress")
QUEUES = ("notifications", "webhooks", "deliveries", "delivery-results", "insight", "rules")
POISON = "poison"
# In the template it is six times a function's time-out, and five tries would take half an hour.
VISIBILITY_SECONDS = 20
# What calls go to.
ALIAS = "live"
AT_THE_GATEWAY = ("APIHandler", "Authorizer")
MOST_SECONDS = 15.0
UNSENT = "SELECT id FROM events WHERE sent_at IS NULL"


class StackFaults:
    """`dice` draws what is struck, `told` keeps count of it. `at_the_gateway`: when somebody's call may have
    lost the sandbox that it ran in."""

    def __init__(self, stack: Stack, dice: Random, told: Tally) -> None:
        self.stack, self.dice, self.told = stack, dice, told
        self.sqs, self.functions = stack.cloud.client("sqs"), stack.cloud.client("lambda")
        self.proxy = MoodyProxy(stack.emulator.port if stack.emulator else 0)
        found = self.functions.list_functions(MaxItems=100)["Functions"]
        self.names = {each["FunctionName"].split("-")[1]: each["FunctionName"] for each in found}
        mappings = self.functions.list_event_source_mappings()["EventSourceMappings"]
        self.mappings = [each["UUID"] for each in mappings if each["State"] == "Enabled"]
        self.at_the_gateway: list[float] = []
        self.crashes: list[float] = []
        self.poison_found: Counter[str] = Counter()
        for name in [each for each in self.names if any("_QUEUE_URL" in key for key in self.variables(each))]:
            self.configure(name, AWS_ENDPOINT_URL_SQS=f"http://127.0.0.1:{self.proxy.address}")
        for queue in QUEUES:
            self._set(queue, VisibilityTimeout=str(VISIBILITY_SECONDS))

    @contextmanager
    def database(self) -> Iterator[Database]:
        """As who sees all; connected anew, for the server may have died since."""
        with closing(Database(self.stack.cluster.dsn(SUPERUSER, DATABASE))) as database:
            yield database

    def url(self, queue: str) -> str:
        return str(self.sqs.get_queue_url(QueueName=f"mesa-{queue}")["QueueUrl"])

    def waiting(self, queue: str) -> list[str]:
        """The bodies of what is in a queue, seen by others or not, without receiving it."""
        url = self.url(queue)
        answer = Http(self.stack.endpoint).get(f"/_ministack/sqs/messages?QueueUrl={url}").json["messages"]
        found = [
            messages for regions in answer.values() for each in regions.values() for messages in each.values()
        ]
        return [message["Body"] for messages in found for message in messages]

    def configure(self, name: str, **variables: str) -> dict[str, str]:
        """Gives a function other variables, in a version of its own that calls go to; what it had before."""
        function = {"FunctionName": self.names[name]}
        before = self.variables(name)
        self.functions.update_function_configuration(
            **function, Environment={"Variables": {**before, **variables}}
        )
        version = self.functions.publish_version(**function)["Version"]
        self.functions.update_alias(**function, Name=ALIAS, FunctionVersion=version)
        for each in sandboxes(self.stack, self.names[name], 0):
            each.kill()
        return before

    def variables(self, name: str) -> dict[str, str]:
        config = self.functions.get_function_configuration(FunctionName=self.names[name])
        return dict(config.get("Environment", {}).get("Variables", {}))

    # Strikes

    def api_killed(self) -> None:
        self._kill(["APIHandler"], "sandbox of a request killed")

    def authorizer_killed(self) -> None:
        self._kill(["Authorizer"], "sandbox of the authorizer killed")

    def consumer_killed(self) -> None:
        self._kill(CONSUMERS, "sandbox of a consumer killed")

    def relay_killed(self) -> None:
        """With events to send, for the queues hung up on everybody before."""
        with self._mood("refusing", "queues hang up"):
            awaited("events for the relay", self._unsent, 30)
        self._relay()
        self._kill(["EventRelay"], "sandbox of the relay killed", 0)

    def queues_hang_up(self) -> None:
        self._strike_queues("refusing", "queues hang up")

    def queues_are_silent(self) -> None:
        self._strike_queues("silent", "queues silent")

    def answers_of_queues_lost(self) -> None:
        self._strike_queues("losing", "queue's answer lost")

    def database_killed(self) -> None:
        server = self.stack.cluster.process()
        assert server is not None
        self.crashes.append(time.monotonic())
        server.kill()
        assert not processes.await_end([server], seconds=10)
        self.stack.cluster.start(bound=True)
        self.told.faults["PostgreSQL killed with -9"] += 1

    def messages_twice(self) -> None:
        """While nobody takes anything out of the queues, what is in them is copied."""
        self._take(False)
        self._until(lambda: sum(len(self.waiting(queue)) for queue in QUEUES) > 5)
        for queue in QUEUES:
            for body in [each for each in self.waiting(queue) if each != POISON][:10]:
                self.sqs.send_message(QueueUrl=self.url(queue), MessageBody=body)
                self.told.faults["message sent twice"] += 1
        self._take(True)
        self.told.faults["all consumers held up"] += 1

    # What takes longer

    def poison(self) -> None:
        for queue in QUEUES:
            self.sqs.send_message(QueueUrl=self.url(queue), MessageBody=POISON)
            self.told.faults["poison"] += 1

    def redriven(self) -> int:
        """Gives back all that was given up."""
        return sum(redrive(self.sqs, queue) for queue in QUEUES)

    def take_poison_out(self) -> None:
        """Of the dead letters, where it has come by now. All others are there for `redriven` at once."""
        for queue in QUEUES:
            url = self.url(f"{queue}-dead-letters")
            for each in self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                taken = {"QueueUrl": url, "ReceiptHandle": each["ReceiptHandle"]}
                if each["Body"] == POISON:
                    self.sqs.delete_message(**taken)
                    self.poison_found[queue] += 1
                else:
                    self.sqs.change_message_visibility(**taken, VisibilityTimeout=0)

    # How

    def _relay(self) -> None:
        name = f"{self.names['EventRelay']}:{ALIAS}"
        self.functions.invoke(FunctionName=name, InvocationType="Event")

    def _strike_queues(self, mood: str, words: str) -> None:
        """For the relay too: whoever answers callers asks queues that failed only after a while again."""
        with self._mood(mood, words):
            self._relay()
            self._until(lambda: self.proxy.struck > 2)

    def _kill(self, names: Sequence[str], words: str, seconds: float = STARTING_SECONDS) -> None:
        died = kill_one(self.stack, [self.names[name] for name in names], self.dice, seconds)
        if died and names[0] in AT_THE_GATEWAY:
            self.at_the_gateway.append(time.monotonic())
        if died:
            self.told.faults[f"{words}{'' if died == 'at work' else ', idle'}"] += 1

    def _until(self, look: Callable[[], bool]) -> None:
        """Waits for something to be struck, but not for ever: nothing may be on its way."""
        deadline = time.monotonic() + MOST_SECONDS
        while not look() and time.monotonic() < deadline:
            time.sleep(0.1)

    def _unsent(self) -> bool:
        with self.database() as database:
            return bool(database.rows(UNSENT))

    @contextmanager
    def _mood(self, mood: str, words: str) -> Iterator[None]:
        self.proxy.mood, self.proxy.struck = mood, 0
        try:
            yield
        finally:
            self.proxy.mood = "open"
            self.told.faults[words] += self.proxy.struck

    def _take(self, is_on: bool) -> None:
        for mapping in self.mappings:
            self.functions.update_event_source_mapping(UUID=mapping, Enabled=is_on)

    def _set(self, queue: str, **attributes: str) -> None:
        self.sqs.set_queue_attributes(QueueUrl=self.url(queue), Attributes=attributes)
