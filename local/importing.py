"""Takes in the tickets of another desk: `make import FILE=tickets.json [SOURCE=zendesk|freshdesk|csv]
[MAPPING=map.json] [DRY=1]`. Whose file it is can be seen from its beginning, as a rule.

Works on the stack that is up here, as the demo's administrator, or where MESA_API_URL and MESA_API_KEY (one
with an admin's role) say. The file goes to the bucket piece by piece, whatever its size.
"""

import argparse
import gzip
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.files import PROJECT, read_json

SOURCES = ("zendesk", "freshdesk", "csv")
# What only a ticket of Freshdesk has: the frame of its export, numbers in the place of words.
FRESHDESK = re.compile(rb'"helpdesk_ticket"|"responder_id"|"(?:status|priority)"\s*:\s*\d')
SNIFFED = 64 * 1024
BOUNDARY = "mesa-5f0e2f60c0d44a3f-import"
PIECE = 256 * 1024
POLL_SECONDS = 1.0
WIDTH = 30
ENDED = frozenset({"done", "failed", "cancelled"})
# As many remarks as are printed; the report has all of them.
PRINTED = 20

Show = Callable[[str], None]


class Refused(Exception):
    """What the API, or the bucket, would not do, as a sentence."""


class Desk:
    """The API, as somebody."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises Refused with what the API says of it."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.url}{path}", raw, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(_told(error.code, error.read())) from None
        except OSError as error:
            raise Refused(f"{self.url} does not answer: {error}") from None


def sign_in(environment: Mapping[str, str]) -> Desk:
    """Whoever the environment names, else the demo's administrator on the stack that is up here."""
    if environment.get("MESA_API_KEY"):
        url = environment.get("MESA_API_URL")
        if not url:
            raise Refused("Say where: MESA_API_URL is the API's address, with its base path.")
        return Desk(url, environment["MESA_API_KEY"])
    known = read_json(PROJECT / ".local" / "stack.json")
    accounts = [each for each in known.get("accounts", ()) if each["role"] == "admin"]
    if not accounts:
        raise Refused("No stack is up here: `make up` starts one; or set MESA_API_URL and MESA_API_KEY.")
    url = environment.get("MESA_API_URL") or known["api_url"]
    body = {name: accounts[0][name] for name in ("email", "password")} | {"workspace": known["workspace"]}
    return Desk(url, Desk(url, "").call("POST", "/v1/auth/login", body)["access_token"])


def take_in(desk: Desk, file: Path, facts: Mapping[str, Any], show: Show) -> dict[str, Any]:
    """Sends the file, has it read, and follows that to its end. What `show` gets replaces the line before."""
    size = file.stat().st_size
    body = {"file_name": file.name[:200], "bytes": size, **facts}
    made = desk.call("POST", "/v1/imports", body)
    send(made["upload"], file, lambda sent: show(bar("sending", sent, size)))
    path = f"/v1/imports/{made['id']}"
    desk.call("POST", f"{path}/start", {})
    while True:
        found: dict[str, Any] = desk.call("GET", path)
        counts = found["counts"]
        told = f"{counts['taken']} taken, {counts['skipped']} skipped"
        show(f"{bar('reading', found['bytes_read'], size)}  {told}")
        if found["status"] in ENDED:
            return found
        time.sleep(POLL_SECONDS)


def send(upload: Mapping[str, Any], file: Path, sent: Callable[[int], None]) -> None:
    """The form with the file last (RFC 7578), without ever holding it whole."""
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in upload["fields"].items()
    )
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
    foot = f"\r\n--{BOUNDARY}--\r\n".encode()
    where = urlsplit(upload["url"])
    connect = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = connect(where.netloc, timeout=300)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head.encode()) + file.stat().st_size + len(foot)),
    }
    try:
        connection.request("POST", where.path or "/", _parts(head.encode(), file, foot, sent), headers)
        answer = connection.getresponse()
        said = answer.read()
    except OSError as error:
        raise Refused(f"The file could not be sent: {error}") from None
    finally:
        connection.close()
    if answer.status >= 300:
        raise Refused(
            f"The bucket did not take the file ({answer.status}): {said[:300].decode('utf-8', 'replace')}"
        )


def _parts(head: bytes, file: Path, foot: bytes, sent: Callable[[int], None]) -> Iterator[bytes]:
    yield head
    done = 0
    with file.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece
            done += len(piece)
            sent(done)
    yield foot


def bar(what: str, done: int, total: int) -> str:
    part = min(done / total, 1.0) if total else 1.0
    filled = round(part * WIDTH)
    return f"{what:<8} [{'#' * filled}{'.' * (WIDTH - filled)}] {part:>4.0%}"


def report(found: Mapping[str, Any]) -> str:
    """What became of the file, for people."""
    counts, lines = found["counts"], []
    if found["error"]:
        lines.append(f"It failed: {found['error']}")
    if found["options"].get("dry_run"):
        lines.append("Nothing was taken: this only says what would be.")
    lines.append(
        f"{counts['rows']} rows: {counts['taken']} taken, {counts['updated']} with new comments, "
        f"{counts['unchanged']} there already, {counts['skipped']} skipped. "
        f"{counts['comments']} comments and {counts['people']} people are new."
    )
    for kind, words in (("skipped", "Skipped"), ("changed", "Not as it stood")):
        for code, number in found["reasons"][kind].items():
            lines.append(f"  {words}: {code} {number}")
    for each in found["remarks"][:PRINTED]:
        id = f" ({each['external_id']})" if each["external_id"] else ""
        lines.append(f"  line {each['line']}{id}: {each['detail']}")
    if found["remark_count"] > PRINTED:
        lines.append(f"  … and {found['remark_count'] - PRINTED} more.")
    if found["report"]:
        lines.append(f"All of it, for five minutes: {found['report']['url']}")
    return "\n".join(lines)


def source_of(file: Path) -> str:
    """Whose export it looks like, by its name and its first 64 kB. Raises Refused where it cannot be read."""
    if ".csv" in file.suffixes:
        return "csv"
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
            beginning = opened.read(SNIFFED)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"{file} cannot be read: {error}") from None
    return "freshdesk" if FRESHDESK.search(beginning) else "zendesk"


def facts_of(options: argparse.Namespace, file: Path) -> dict[str, Any]:
    """What the import says beside its file. Raises Refused for a mapping that is no JSON."""
    source = options.source or source_of(file)
    facts: dict[str, Any] = {"source": source, "options": {"dry_run": options.dry_run}}
    if options.system:
        facts["system"] = options.system
    if options.mapping:
        try:
            facts["mapping"] = json.loads(Path(options.mapping).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise Refused(f"The mapping cannot be read: {error}") from None
    return facts


def _told(status: int, raw: bytes) -> str:
    try:
        said = json.loads(raw)
        problems = [f"  {each['field']}: {each['message']}" for each in said.get("errors", ())]
        return "\n".join([str(said["detail"]), *problems])
    except (ValueError, KeyError, TypeError):
        return f"The API answered {status}."


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.importing", description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--source", choices=SOURCES, help="unless the file itself says it")
    parser.add_argument("--system", help="where its ids come from, where that is not the source")
    parser.add_argument("--mapping", help="a JSON file: see docs/importing.md")
    parser.add_argument("--dry-run", action="store_true", help="say what would be taken, and take nothing")
    options = parser.parse_args()
    last = "\n" if not sys.stderr.isatty() else ""

    def show(line: str) -> None:
        print(f"\r{line:<78}", end=last, file=sys.stderr, flush=True)

    try:
        file = Path(options.file)
        if not file.is_file():
            raise Refused(f"There is no file {file}.")
        found = take_in(sign_in(os.environ), file, facts_of(options, file), show)
    except Refused as refused:
        raise SystemExit(f"\n{refused}") from None
    print(file=sys.stderr)
    print(report(found))
    sys.exit(0 if found["status"] == "done" else 1)


if __name__ == "__main__":
    main()
