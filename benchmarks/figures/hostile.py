"""What somebody sends so that reading it takes long: the worst of each kind, at the greatest size that is
taken, against one pass over a million characters in plain Python."""

from collections.abc import Callable, Iterator, Mapping

from benchmarks.figure import Figure, progress
from benchmarks.sampling import interleaved, timed
from benchmarks.stage import Stage
from tests.support.heavy_texts import HEAVY, HEAVY_HTML, SHAPES, of_size, pieces
from tests.support.hostile_mails import HOSTILE, judged

ROUNDS = 5
TEXT = "abcdefghi " * 100_000


def measure(_stage: Stage) -> Iterator[Figure]:
    """Markdown of a ticket, HTML of a mail's text, a mail with all that is asked of it."""
    from chalicelib.notifications.own_html import clean, is_too_deep, refused
    from chalicelib.tickets.markdown import MAX_MARKDOWN, render

    def cleaned(html: str) -> None:
        refused(html)
        if not is_too_deep(html):
            clean(html)

    markdown = {piece: of_size(piece, MAX_MARKDOWN) for piece in pieces(HEAVY)} | SHAPES
    yield _worst("Markdown", {name: lambda text=text: render(text) for name, text in markdown.items()}, 100)
    yield _worst("HTML", {part: lambda part=part: cleaned(of_size(part)) for part in HEAVY_HTML}, 5)
    mails = {name: made() for name, made in HOSTILE.items()}
    yield _worst("a mail", {name: lambda raw=raw: judged(raw) for name, raw in mails.items()}, 30)


def _worst(kind: str, works: Mapping[str, Callable[[], object]], limit: float) -> Figure:
    progress(f"hostile: {kind}, {len(works)} ways")
    name = max(works, key=lambda each: timed(works[each]))
    ours, floor = interleaved(ROUNDS, lambda: timed(works[name]), lambda: timed(_pass)).medians
    return Figure(f"hostile: {kind} at its worst, {name!r}", ours, limit, "ms", floor)


def _pass() -> int:
    spaces = 0
    for character in TEXT:
        if character == " ":
            spaces += 1
    return spaces
