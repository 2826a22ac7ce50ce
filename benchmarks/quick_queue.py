"""A queue that takes every message after the time that SQS takes, in a process of its own: what is measured
beside it is not an emulator."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 0.01
LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


@contextmanager
def quick_queue() -> Iterator[str]:
    """Its address; any path there is a queue."""
    command = [sys.executable, "-m", "benchmarks.quick_queue"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(head)
            body = json.loads(await reader.readexactly(int(length[1]) if length else 0))
            await asyncio.sleep(SECONDS)
            taken = [{"Id": each["Id"], "MessageId": each["Id"]} for each in body["Entries"]]
            answer = json.dumps({"Successful": taken, "Failed": []}).encode()
            fields = f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(answer)}"
            writer.write(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode() + answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
