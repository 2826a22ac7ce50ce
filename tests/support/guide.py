"""A page whose examples are run: its blocks, a server that hands what curl sends to the app, and what was
shown held against what came."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.support.api import Api, Reply

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "…"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
YEAR = re.compile(r"\bTKT-\d{4}-")
STAGE = "/api"


@dataclass(frozen=True)
class Block:
    """A block of a page: its language, its text, the line that it begins in."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Sent:
    """A request of a block, and its answer."""

    line: int
    request: str
    reply: Reply


def blocks(page: str) -> list[Block]:
    return [Block(m[1], m[2], page.count("\n", 0, m.start()) + 1) for m in BLOCK.finditer(page)]


def shown(blocks: list[Block]) -> Iterator[tuple[Block, Block]]:
    """The blocks of shell that an answer stands below, each with it."""
    for before, after in pairwise(blocks):
        if after.language == "http":
            yield before, after


class Gateway:
    """The app behind a port of this machine. `settle` does what the queues of a stack would have done."""

    def __init__(self, api: Api, settle: Callable[[], None]) -> None:
        self.api = api
        self.api.stage = STAGE
        self.settle = settle
        self.line = 0
        self.sent: list[Sent] = []
        self.server = HTTPServer(("127.0.0.1", 0), self._handler())
        serving = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        serving.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{STAGE}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        if path.startswith("/line/"):
            self.line = int(path.removeprefix("/line/"))
            return Reply(204, {}, "")
        if path == "/settle":
            self.settle()
            return Reply(204, {}, "")
        own = {"host", "accept", "user-agent", "content-length", "connection", "accept-encoding"}
        kept = {name.lower(): value for name, value in headers.items() if name.lower() not in own}
        reply = self.api.request(method, path.removeprefix(STAGE), body or None, kept)
        self.sent.append(Sent(self.line, f"{method} {path}", reply))
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                reply = gateway.answer(self.command, self.path, body, self.headers)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.text.encode())))
                self.end_headers()
                self.wfile.write(reply.text.encode())

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def run(found: list[Block], gateway: Gateway, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs all blocks of shell in one shell, as a reader would who pastes them one after the other. Blocks of
    Python that begin with the name of a file are that file."""
    for block in found:
        if block.language == "python" and (name := re.match(r"# (\w+\.py)\n", block.text)):
            (folder / name[1]).write_text(block.text, "utf-8")
    origin = gateway.url.removesuffix(STAGE)
    script = [f"sleep() {{ curl -sS {origin}/settle; }}"]
    for block in found:
        if block.language == "sh":
            text = re.sub(r"^API=.*", f"API={gateway.url}", block.text, flags=re.MULTILINE)
            script += [f"curl -sS {origin}/line/{block.line}", text]
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail"],
        input="\n".join(script),
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def differences(answer: Block, sent: Sent) -> list[str]:
    """Where an answer is other than the page shows it: its status, the header fields and members shown."""
    head, _, body = answer.text.partition("\n\n")
    status, *fields = head.splitlines()
    found = []
    if status.split()[1] != str(sent.reply.status):
        found.append(f"{status} is shown, {sent.reply.status} came: {sent.reply.text[:500]}")
    for name, value in (field.split(": ", 1) for field in fields):
        if not is_like(value, sent.reply.headers.get(name.lower())):
            found.append(f"{name}: {value} is shown, {sent.reply.headers.get(name.lower())} came")
    if body.strip():
        found += _unlike("", json.loads(body), sent.reply.json)
    return [f"line {answer.line}, {sent.request}: {each}" for each in found]


def _unlike(place: str, want: Any, have: Any) -> Iterator[str]:
    if isinstance(want, dict) and isinstance(have, dict):
        for name, value in want.items():
            if name not in have:
                yield f"{place}.{name} is shown and did not come"
            else:
                yield from _unlike(f"{place}.{name}", value, have[name])
    elif isinstance(want, list) and isinstance(have, list):
        is_open = bool(want) and want[-1] == LEFT_OUT
        items = want[:-1] if is_open else want
        if len(have) < len(items) or (len(have) > len(items) and not is_open):
            yield f"{place} has {len(items)} items as shown, {len(have)} came"
        for index, (one, other) in enumerate(zip(items, have, strict=False)):
            yield from _unlike(f"{place}[{index}]", one, other)
    elif not is_like(want, have):
        yield f"{place} is shown as {want!r}, {have!r} came"


def is_like(want: Any, have: Any) -> bool:
    """Equal, but that `…` stands for anything, a time for any time, and the year of a label for any year."""
    if not (isinstance(want, str) and isinstance(have, str)):
        return type(want) is type(have) and bool(want == have)
    if TIME.fullmatch(want):
        return TIME.fullmatch(have) is not None
    pattern = ".*".join(re.escape(part) for part in YEAR.sub("TKT-0-", want).split(LEFT_OUT))
    return re.fullmatch(pattern, YEAR.sub("TKT-0-", have), re.DOTALL) is not None
