"""The process that takes mail by SMTP and puts it into the bucket as SES would: an object a recipient, with
what SES adds on top. It listens on loopback only, so SPF passes for whatever the client says in MAIL FROM."""

import argparse
import asyncio
import os
import signal
import sys
import threading
import uuid
from email.utils import formatdate
from typing import Any

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from local.deploy import Cloud
from local.smtp import HOST

# As much as SES takes.
MAX_BYTES = 40 * 1024 * 1024
# What scanners take for spam and for a virus, by agreement (GTUBE; EICAR, here its name alone).
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Storing:
    """aiosmtpd's handler."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3 = s3
        self.bucket = bucket

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:
        """Stores the mail for each recipient before it says that it has it."""
        content = envelope.original_content or b""
        peer = str((session.peer or ("unknown",))[0])
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            await asyncio.to_thread(self._put, content, envelope.mail_from or "", recipient, peer)
        return "250 OK"

    def _put(self, content: bytes, sender: str, recipient: str, peer: str) -> None:
        name = uuid.uuid4().hex
        body = stamp(content, sender, recipient, peer, name) + content
        self.s3.put_object(Bucket=self.bucket, Key=f"incoming/{name}", Body=body)


def stamp(content: bytes, sender: str, recipient: str, peer: str, name: str) -> bytes:
    """The headers that SES puts on top of a mail."""
    domain = sender.rpartition("@")[2]
    spf = f"pass client-ip={peer}; envelope-from={sender}" if domain else "none"
    return (
        f"Return-Path: <{sender}>\r\n"
        f"Received: from localhost (localhost [{peer}])\r\n"
        f" by inbound-smtp.us-east-1.amazonaws.com with SMTP id {name}\r\n"
        f" for {recipient};\r\n {formatdate(usegmt=True)}\r\n"
        f"X-SES-Spam-Verdict: {'FAIL' if GTUBE in content else 'PASS'}\r\n"
        f"X-SES-Virus-Verdict: {'FAIL' if EICAR in content else 'PASS'}\r\n"
        f"Authentication-Results: amazonses.com;\r\n spf={spf};\r\n dkim=none;\r\n dmarc=none;\r\n"
    ).encode("utf-8", "replace")


def end_with_the_starter() -> None:
    """Stops this process once the other end of its standard input is gone, however that came."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="end-with-the-starter").start()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.smtp_process", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--bound", action="store_true")
    options = parser.parse_args()
    if options.bound:
        end_with_the_starter()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    handler = Storing(Cloud(options.endpoint).client("s3"), options.bucket)
    controller = UnthreadedController(
        handler, hostname=HOST, port=options.port, loop=loop, data_size_limit=MAX_BYTES
    )
    controller.begin()  # type: ignore[no-untyped-call]
    loop.add_signal_handler(signal.SIGTERM, loop.stop)
    loop.run_forever()
    controller.end()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
