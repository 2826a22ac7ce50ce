"""From a file to its tickets, in batches, with where to go on after each."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from chalicelib.imports import csv_records, fitting, freshdesk, json_records, table, zendesk
from chalicelib.imports.fitting import Reading
from chalicelib.imports.json_records import BESIDE, TICKETS, Lists
from chalicelib.imports.shapes import Record, Ticket, Unfit, Unsound
from chalicelib.imports.source_file import SourceFile
from chalicelib.models.words import ImportSource

# Nobody else opens a ticket while a batch is written: that is some tenths of a second.
MOST_ROWS, MOST_BYTES, MOST_SAID = 100, 1024 * 1024, 500
MOST_BESIDE = 300_000
# What is kept of those that stand beside the tickets.
BESIDE_FIELDS = ("id", "name", "email", "role", "title", "contact")

State = Mapping[str, Any]
Beside = Mapping[str, Mapping[str, Mapping[str, Any]]]
Read = Callable[[Mapping[str, Any]], Ticket]

log = logging.getLogger(__name__)


@dataclass
class Batch:
    """Rows and what they say; `state` is how to go on after them, `done` how much of the file that was.
    `said`: how many comments they have; each takes almost a millisecond, and a statement has ten seconds."""

    rows: list[tuple[Record, Ticket | Unfit]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    state: State = field(default_factory=dict)
    done: int = 0
    said: int = 0


def batches(
    file: SourceFile, source: str, reading: Reading, delimiter: str | None, state: State
) -> Iterator[Batch]:
    """The rest of the file. `state`: of the batch before, empty at the beginning. Raises Unsound."""
    batch, begun = Batch(state=state), state.get("end", 0)
    records, read = _records(file, source, reading, delimiter, state)
    for record, after in records:
        said = _said(record, read, reading)
        id, count = (None, 0) if isinstance(said, Unfit) else (said.external_id, len(said.comments))
        is_full = len(batch.rows) >= MOST_ROWS or record.end - begun > MOST_BYTES
        if batch.rows and (is_full or batch.said + count > MOST_SAID or id in batch.ids):
            yield batch
            batch, begun = Batch(), record.end
        batch.rows.append((record, said))
        batch.state, batch.done = after, file.done()
        batch.said += count
        if id is not None:
            batch.ids.add(id)
    if batch.rows:
        yield batch


def _said(record: Record, read: Read, reading: Reading) -> Ticket | Unfit:
    if isinstance(record.value, Unfit):
        return record.value
    try:
        return fitting.settle(read(record.value), reading)
    except Unfit as unfit:
        if unfit.external_id is None:
            unfit.external_id = _id_of(record.value)
        return unfit
    except Exception:
        # Whatever a row is made of, it stands alone.
        log.exception("row not read", extra={"row": record.number})
        return Unfit("malformed", "The row is made otherwise than we know.", _id_of(record.value))


def _id_of(row: Mapping[str, Any]) -> str | None:
    """As much of an id as a row tells that is not taken."""
    inner = row.get("helpdesk_ticket")
    row = inner if isinstance(inner, Mapping) else row
    return fitting.said(row.get("display_id") or row.get("id"))[:200] or None


def _records(
    file: SourceFile, source: str, reading: Reading, delimiter: str | None, state: State
) -> tuple[Iterator[tuple[Record, State]], Read]:
    if source == ImportSource.CSV:
        return _of_csv(file, reading, delimiter, state), lambda row: table.read(row, reading)
    opening = file.open().read(65_536).removeprefix(b"\xef\xbb\xbf")
    is_nested = json_records.is_nested(opening)
    beside = _beside(file) if is_nested and opening.lstrip()[:1] == b"{" else {}
    vendor = zendesk.read if source == ImportSource.ZENDESK else freshdesk.read
    records = _of_lists(file, state) if is_nested else _of_lines(file, state)
    return records, lambda row: vendor(row, beside, reading)


def _of_lines(file: SourceFile, state: State) -> Iterator[tuple[Record, State]]:
    after = (state.get("number", 0), state.get("line", 0), state.get("end", 0))
    line = after[1]
    for record in json_records.lines(file.open(after[2]), after):
        line = record.line
        yield record, {"number": record.number, "line": line, "end": record.end}


def _of_lists(file: SourceFile, state: State) -> Iterator[tuple[Record, State]]:
    lists = Lists(file.open(state.get("end", 0)), TICKETS, state or None)
    for _, record in lists:
        yield record, lists.state(record)


def _of_csv(
    file: SourceFile, reading: Reading, delimiter: str | None, state: State
) -> Iterator[tuple[Record, State]]:
    names, found, (line, end) = csv_records.header(file.open(), delimiter)
    if missing := [each for each in reading.columns if each not in names]:
        there = ", ".join(f"“{name[:60]}”" for name in names[:30])
        raise Unsound(f"The file has no column “{missing[0]}”. It has {there}.")
    if doubled := [each for each in reading.columns if names.count(each) > 1]:
        raise Unsound(f"The file has two columns “{doubled[0]}”.")
    after = (state.get("number", 0), state.get("line", line), state.get("end", end))
    rows = csv_records.Rows(file.open(after[2]), names, found, after)
    for record in rows:
        yield record, {"number": record.number, "line": rows.line, "end": record.end}


def _beside(file: SourceFile) -> Beside:
    """Who and what ids mean, as the file tells beside its tickets: before them or after."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {name: {} for name in BESIDE}
    for name, record in islice(Lists(file.open(), BESIDE), MOST_BESIDE):
        if isinstance(record.value, Mapping) and record.value.get("id") is not None:
            kept = {each: record.value[each] for each in BESIDE_FIELDS if each in record.value}
            found[name][str(record.value["id"])] = kept
    return found
