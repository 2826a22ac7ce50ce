"""Taking mail in: from a mail's bytes to its committed ticket, as the mailbox function does it for one
after another; without S3 and SQS."""

import time
from collections.abc import Iterator
from functools import partial

from benchmarks.figure import Figure, progress
from benchmarks.stage import Stage
from tests.support.letterbox import letter, stamped

MAILS = 300
# Fifty a second is what two functions on two cores take in together; each alone has half of that to do.
MILLISECONDS = 1000 / 25
DOMAIN = "mail.mesa.example"


def measure(stage: Stage) -> Iterator[Figure]:
    """New tickets of new senders: the most that a mail can ask for."""
    assert stage.cast
    from chalicelib.channels import receiving, routing
    from chalicelib.channels.letter import Letter
    from chalicelib.core.db import in_transaction

    text = "Rack 4 is dark since this morning, and nobody knows why. " * 40
    mails = [stamped(letter(f"p{number}@people.example", text=text)) for number in range(MAILS)]
    progress(f"{MAILS} mails, one after another")
    started = time.monotonic()
    for number, raw in enumerate(mails):
        came = Letter.read(f"incoming/bench-{number}", raw)
        find = partial(routing.route, letter=came, sends_from="desk@mesa.example", domain=DOMAIN)
        way = in_transaction(find, repeatable=True)
        for to in way.destinations:
            take = partial(receiving.receive, letter=came, to=to, ours=way.ours)
            in_transaction(take, repeatable=True)
    each = (time.monotonic() - started) * 1000 / MAILS
    yield Figure("mailbox: a mail taken in as a ticket, one function", each, MILLISECONDS, "ms")
