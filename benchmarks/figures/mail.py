"""Reading mail: an answer of 20 kB and a file of 10 MB, against the standard library taking them apart."""

from base64 import encodebytes
from collections.abc import Iterator
from email import message_from_bytes

from benchmarks.figure import Figure, progress
from benchmarks.sampling import interleaved, timed
from benchmarks.stage import Stage
from chalicelib.channels import bounces, forwarding, mime, quoting

LETTERS, FILES = 300, 15
HEAD = (
    "From: Carol Castro <carol@example.com>\nTo: Acme Support <desk@example.org>\n"
    "Subject: =?utf-8?q?Re=3A_=5BTKT-2026-00042=5D_The_printer_=E2=80=93_again?=\n"
    "Date: Sat, 21 Nov 2026 10:00:00 +0100\nMessage-ID: <bench@example.com>\n"
    "References: <ticket.018f3a5c7e2b7a10b3c4d5e6f7a8b9c0@example.org> <sent@example.org>\n"
    'MIME-Version: 1.0\nContent-Type: multipart/{0}; boundary="b"\n\n'
)
SAID = "It prints again =E2=80=93 and again, and will not stop.\n" * 60
QUOTED = "> Is it plugged in =E2=80=93 and switched on?\n" * 60
MARKUP = (
    '<div class=3D"gmail_default" style=3D"font-size:small">It prints=\n again&nbsp;=E2=80=93</div>\n' * 130
)


def measure(stage: Stage) -> Iterator[Figure]:
    """Each mail alone, then beside the library; the letter with all that the rules ask of it."""
    del stage
    letter, file = _letter(), _file()
    progress(f"a letter of {len(letter) / 1000:.0f} kB, {LETTERS} times; a file of 10 MB, {FILES} times")
    ours, library = _medians(letter, LETTERS)
    yield Figure("mail: a letter of 20 kB read, p50", ours, 5, "ms")
    yield Figure("mail: a letter of 20 kB (floor: email.message_from_bytes)", ours, 3, "ms", library)
    judged, _ = interleaved(LETTERS, lambda: timed(lambda: _judge(letter)), lambda: 0.0).medians
    yield Figure("mail: read, and every rule asked, p50", judged, 5, "ms")
    ours, library = _medians(file, FILES)
    yield Figure("mail: a file of 10 MB read, p50", ours, 300, "ms")
    yield Figure("mail: a file of 10 MB (floor: email.message_from_bytes)", ours, 0.6, "ms", library)


def _medians(raw: bytes, rounds: int) -> tuple[float, float]:
    return interleaved(
        rounds, lambda: timed(lambda: mime.parse(raw)), lambda: timed(lambda: message_from_bytes(raw))
    ).medians


def _judge(raw: bytes) -> None:
    mail = mime.parse(raw)
    assert quoting.stripped(quoting.without_own_links(mail.text)).startswith("It prints")
    assert forwarding.original(mail) is None
    assert not bounces.report(mail).failures


def _letter() -> bytes:
    """An answer as Gmail sends it, with what it quotes."""
    encoded = "\nContent-Transfer-Encoding: quoted-printable\n\n"
    return (
        f"{HEAD.format('alternative')}--b\nContent-Type: text/plain; charset=utf-8{encoded}{SAID}\n"
        f"On Fri, 20 Nov 2026 at 09:55, Acme Support <desk@example.org> wrote:\n\n{QUOTED}\n"
        f"--b\nContent-Type: text/html; charset=utf-8{encoded}{MARKUP}\n--b--\n"
    ).encode()


def _file() -> bytes:
    """A short letter with one file: 10 MB on the wire."""
    head = f"{HEAD.format('mixed')}--b\n\nHere it is.\n--b\nContent-Type: application/pdf\n"
    named = 'Content-Disposition: attachment; filename="a.pdf"\nContent-Transfer-Encoding: base64\n\n'
    return f"{head}{named}".encode() + encodebytes(bytes(range(256)) * 28_900) + b"--b--\n"
