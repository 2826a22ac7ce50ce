"""Where the browser of the tests is found, and what is said where it cannot be had."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local import browser, debian
from local.errors import StackError

STARTS = "#!/bin/sh\necho Chromium 150.0\n"


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without anything: PATH is its `bin`, and what is unpacked goes to `unpacked`."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(browser, "UNPACKED", tmp_path / "unpacked")
    monkeypatch.setattr(browser, "FONTS", tmp_path / "unpacked" / "fonts.conf")
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def unpack(into: Path) -> None:
    put(into / "usr/lib/chromium/chromium-headless-shell", STARTS)
    put(into / "usr/lib/x86_64-linux-gnu/libnss3.so", "")
    put(into / "usr/lib/x86_64-linux-gnu/pulseaudio/libpulsecommon-16.1.so", "")
    put(into / "usr/share/doc/README", "")


def test_the_one_on_the_path_is_taken(machine: Path) -> None:
    found = put(machine / "bin" / "chromium", STARTS)

    assert browser.program() == browser.Program(found)
    assert browser.program().version() == "Chromium 150.0"


def test_one_that_is_unpacked_finds_its_libraries_and_fonts_where_they_are(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian, "is_here", lambda: True)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "fetch", lambda into, *_, **__: unpack(into))

    browser.main()

    assert "The tests of pages drive Chromium 150.0." in capsys.readouterr().out
    found = browser.program()
    library = machine / "unpacked/usr/lib/x86_64-linux-gnu"
    assert found.settings["LD_LIBRARY_PATH"] == f"{library}:{library / 'pulseaudio'}"
    assert (
        f"<dir>{machine}/unpacked/usr/share/fonts</dir>"
        in Path(found.settings["FONTCONFIG_FILE"]).read_text()
    )


def test_root_has_it_installed(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "is_here", lambda: True)
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "install", lambda *_: put(machine / "bin" / "chromium", STARTS))

    browser.main()

    assert browser.program().path == machine / "bin" / "chromium"


def test_what_was_unpacked_in_part_is_none(machine: Path) -> None:
    unpack(machine / "unpacked")

    with pytest.raises(StackError, match="make browser"):
        browser.program()


def test_without_debian_a_sentence_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    browser.main()

    assert (
        "the tests of pages are left out: This is no Debian: install chromium-headless-shell by hand"
        in capsys.readouterr().out
    )


def no_debian(machine: Path) -> None:
    """Nothing is put anywhere."""


def dead(machine: Path) -> None:
    put(machine / "bin" / "chromium", "#!/bin/sh\necho It wants a library. >&2\nexit 127\n")


@pytest.mark.parametrize("found", [no_debian, dead])
def test_in_ci_it_must_be_there_and_start(
    machine: Path, monkeypatch: pytest.MonkeyPatch, found: Callable[[Path], None]
) -> None:
    monkeypatch.setenv("CI", "1")
    found(machine)

    with pytest.raises(SystemExit, match="Chromium cannot be had, and CI tests with it"):
        browser.main()
