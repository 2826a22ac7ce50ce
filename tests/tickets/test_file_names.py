"""Hostile case 72: whatever a file is called, its name is one segment that shows all of itself."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.tickets.file_names import MAX_BYTES, clean, content_disposition, is_executable
from tests.support.for_each import for_each


@for_each(
    "given_name, kept",
    [
        ("report.pdf", "report.pdf"),
        ("Informe año 2026.pdf", "Informe año 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\carol\\photo.png", "photo.png"),
        ("folder/", "folder"),
        ("/", "file"),
        ("..", "file"),
        ("...", "file"),
        ("   ", "file"),
        ("\u200b", "file"),
        ("in\u200bvoice\ufeff.pdf", "invoice.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066photo\u2069.png", "photo.png"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie_ b.txt"),
        ("tab\there.txt", "tab here.txt"),
        ("line\u2028break.txt", "linebreak.txt"),
        ("bell\x07.txt", "bell.txt"),
        ("half\ud800.txt", "half.txt"),
        ("trailing. . .", "trailing"),
        (".hidden", "hidden"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("LPT¹.log", "_LPT¹.log"),
        ("console.log", "console.log"),
        ('what?"<now>".txt', "what___now__.txt"),
        ("photo.png::$DATA", "photo.png__$DATA"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_case_72_a_name_is_cleaned(given_name: str, kept: str) -> None:
    assert clean(given_name) == kept


def test_case_72_a_long_name_keeps_its_extension() -> None:
    assert clean("é" * 400 + ".pdf") == "é" * 125 + ".pdf"
    assert clean("a" * 400) == "a" * 255
    assert len(clean("a." + "b" * 400)) == 255


NAMES = st.text(max_size=300) | st.text(
    st.sampled_from("./\\ aA\u0300\u0338<\u200b\u202e\x00:*con1é\ud800\u2028\n"), max_size=30
)


@given(NAMES)
@example("con .txt")
@example("A\x1f\u0300")
@example("." * 300 + "x" * 254 + " ." + "y" * 20)
def test_case_72_no_name_leaves_its_folder_hides_anything_or_is_too_long(name: str) -> None:
    kept = clean(name)

    assert kept == clean(kept)
    assert 1 <= len(kept.encode()) <= MAX_BYTES
    assert not set(kept) & set('/\\<>:"|?*')
    assert {unicodedata.category(sign) for sign in kept} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert kept.strip(". ") == kept


@pytest.mark.parametrize("name", ["setup.exe", "Setup.EXE", "invoice.pdf.scr", "run.Bat", "mail.vbs"])
def test_a_program_is_known_by_its_name(name: str) -> None:
    assert is_executable(name)


@pytest.mark.parametrize("name", ["exe", "page.html", "drawing.svg", "trace.js", "exe.txt", "notes"])
def test_what_is_no_program_is_not_taken_for_one(name: str) -> None:
    assert not is_executable(name)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("report.pdf", "attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"),
        ("año 1.txt", "attachment; filename=\"ano 1.txt\"; filename*=UTF-8''a%C3%B1o%201.txt"),
        ("日本", "attachment; filename=\"file\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC"),
        ("50%'s.txt", "attachment; filename=\"50_'s.txt\"; filename*=UTF-8''50%25%27s.txt"),
    ],
)
def test_a_download_says_what_the_file_is_called(name: str, field: str) -> None:
    assert content_disposition(name) == field


@given(NAMES)
def test_case_36_no_name_breaks_out_of_its_header(name: str) -> None:
    field = content_disposition(clean(name))

    assert field.isascii()
    assert field.isprintable()
    assert field.count('"') == 2
