"""The report of an import as a file: a row for each remark."""

import csv
import io
from collections.abc import Callable
from functools import partial
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from chalicelib.accounts import principals
from chalicelib.core import storage
from chalicelib.core.db import Transaction
from chalicelib.core.spreadsheets import harmless
from chalicelib.imports import asking, queries

COLUMNS = ("kind", "row", "line", "external_id", "code", "detail")
PAGE = 2000

Run = Callable[[Callable[[Transaction], Any]], Any]


def report(run: Run, workspace_id: UUID, import_id: UUID, bucket: str) -> dict[str, Any] | None:
    """Writes the file; its key, name and bytes, None where there is nothing to say."""
    last, rows = 0, run(partial(_page, workspace_id=workspace_id, import_id=import_id, after=0))
    if not rows:
        return None
    with TemporaryFile() as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        while rows:
            for row in rows:
                writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
            last = rows[-1].place
            rows = run(partial(_page, workspace_id=workspace_id, import_id=import_id, after=last))
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        key = f"{asking.folder(workspace_id)}{import_id}/report.csv"
        storage.put_file(bucket, key, file, "text/csv; charset=utf-8")
        text.detach()
    return {"key": key, "name": f"import-{import_id}.csv", "bytes": size}


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _page(tx: Transaction, workspace_id: UUID, import_id: UUID, after: int) -> Any:
    principals.enter_system(tx, workspace_id)
    return queries.remarks(tx, workspace_id, import_id, after, PAGE)
