"""docs/lifecycle.svg, from the lifecycle's table: `python -m local.lifecycle_diagram` prints it.

Which arrows there are, and the words on them, the table says; where they run stands here. An arrow without a
place, or a place without an arrow, is an error: so the picture cannot differ from the table.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from chalicelib.accounts.permissions import Permission
from chalicelib.models.words import Status
from chalicelib.tickets.lifecycle import ACTIVE, TABLE, Verb, moves

# What all active states have leaves from their frame, as one arrow.
FRAME = "active"
ARCHIVED = "archived"
Ends = tuple[str, str]


class Arrow(NamedTuple):
    """Where an arrow runs (an SVG path), and where its words stand. `both`: it has a head at either end."""

    path: str
    x: int
    y: int
    anchor: str = "middle"
    both: bool = False


# The middle of each box; they are all of one size.
WIDTH, HEIGHT = 116, 48
BOXES: Mapping[str, tuple[int, int]] = {
    Status.NEW: (250, 278),
    Status.OPEN: (462, 278),
    Status.PENDING: (140, 138),
    Status.ON_HOLD: (140, 418),
    Status.RESOLVED: (760, 138),
    Status.CLOSED: (760, 278),
    Status.CANCELLED: (760, 418),
    ARCHIVED: (960, 348),
}
ARROWS: Mapping[Ends, Arrow] = {
    (Status.NEW, Status.OPEN): Arrow("M308 278H402", 355, 270),
    (Status.NEW, Status.PENDING): Arrow("M232 254 180 164", 214, 206, "start"),
    (Status.NEW, Status.ON_HOLD): Arrow("M232 302 180 392", 214, 360, "start"),
    (Status.OPEN, Status.PENDING): Arrow("M432 254C390 182 300 152 200 149", 316, 196),
    (Status.PENDING, Status.OPEN): Arrow("M198 127C330 127 450 150 470 252", 350, 130),
    (Status.OPEN, Status.ON_HOLD): Arrow("M432 302C390 374 300 404 200 407", 316, 370),
    (Status.ON_HOLD, Status.OPEN): Arrow("M198 429C330 429 450 406 470 304", 350, 438),
    (Status.PENDING, Status.ON_HOLD): Arrow("M104 164V392", 96, 282, "end", both=True),
    (FRAME, Status.RESOLVED): Arrow("M570 122H700", 636, 114),
    (FRAME, Status.CLOSED): Arrow("M570 264H700", 636, 256),
    (FRAME, Status.CANCELLED): Arrow("M570 434H700", 636, 452),
    (Status.RESOLVED, Status.CLOSED): Arrow("M760 162V252", 768, 212, "start"),
    (Status.RESOLVED, Status.OPEN): Arrow("M702 152C610 152 560 192 506 252", 636, 190),
    (Status.CLOSED, Status.OPEN): Arrow("M702 292H522", 636, 310),
    (Status.CANCELLED, Status.OPEN): Arrow("M702 404C610 404 560 364 506 304", 636, 376),
    (Status.CLOSED, ARCHIVED): Arrow("M820 278C880 278 940 286 955 321", 895, 272, both=True),
    (Status.CANCELLED, ARCHIVED): Arrow("M820 418C880 418 940 410 955 375", 895, 434, both=True),
}
# How a ticket begins: the dot, its arrow, the words beside.
BEGINNINGS = (
    ("M150 278H190", 150, 278, 166, 266, ("created",)),
    ("M344 330 402 296", 340, 332, 294, 328, ("created with", "an assignee")),
)
NOTES = {
    Status.PENDING: "for the customer",
    Status.ON_HOLD: "for anyone else",
    ARCHIVED: "read-only, unlisted",
}
FILLS: Mapping[str, str] = {
    **dict.fromkeys((Status.NEW, Status.OPEN), "work"),
    **dict.fromkeys((Status.PENDING, Status.ON_HOLD), "wait"),
    Status.RESOLVED: "done",
    **dict.fromkeys((Status.CLOSED, Status.CANCELLED, ARCHIVED), "over"),
}
# By class: what it paints, and in which colour on a light and on a dark page.
COLOURS: Mapping[str, tuple[str, str, str]] = {
    "page": ("fill", "#fbfbfd", "#15161c"),
    "frame": ("fill", "#f0f2f8", "#1e2029"),
    "work": ("fill", "#e2eefb", "#1d3553"),
    "wait": ("fill", "#fdebd8", "#4d341a"),
    "done": ("fill", "#e3f4e6", "#1d4027"),
    "over": ("fill", "#ececf1", "#2e303b"),
    "ink": ("fill", "#223", "#e9e9f2"),
    "word": ("fill", "#445", "#c3c4d4"),
    "head": ("fill", "#556", "#a6a7bb"),
    "line": ("stroke", "#556", "#a6a7bb"),
    "edge": ("stroke", "#99a", "#63657a"),
}
DESCRIPTION = (
    "The states of a ticket, and as arrows the verbs that change them. What leaves from the frame leaves "
    "from each of the active states."
)
FOOTNOTES = (
    "Arrows from the frame leave from every active state. A customer's comment resumes what is pending, and "
    "reopens what was resolved within the window.",
    "A merged ticket is closed and is not reopened. Who may use which verb: lifecycle.md.",
)


def drawn() -> dict[Ends, tuple[Verb, ...]]:
    """Every arrow, and the verbs on it. What all active states have in common is one arrow from the frame,
    what goes both ways by the same verbs is one with two heads."""
    changes: dict[Ends, tuple[Verb, ...]] = {
        (source, target): verbs for (source, target), verbs in moves().items()
    }
    found: dict[Ends, tuple[Verb, ...]] = {}
    for target in Status:
        shared = {changes.get((source, target)) for source in ACTIVE}
        verbs = shared.pop()
        if verbs and not shared:
            found[FRAME, target] = verbs
            changes = {ends: made for ends, made in changes.items() if not is_from_frame(ends, target)}
    for ends, verbs in changes.items():
        back = ends[1], ends[0]
        if not (_has_two_heads(back) and changes.get(back) == verbs):
            found[ends] = verbs
    for source in TABLE[Verb.ARCHIVE].states(frozenset(Permission)):
        found[source, ARCHIVED] = (Verb.ARCHIVE, Verb.UNARCHIVE)
    return found


def is_from_frame(ends: Ends, target: str) -> bool:
    return ends[0] in ACTIVE and ends[1] == target


def _has_two_heads(ends: Ends) -> bool:
    return ends in ARROWS and ARROWS[ends].both


def picture() -> str:
    """The whole file, with the newline at its end. Raises ValueError where places and arrows differ."""
    arrows = drawn()
    if unplaced := arrows.keys() ^ ARROWS.keys():
        raise ValueError(f"say in ARROWS where these run, or take them out: {sorted(unplaced)}")
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1040 550" font-family="system-ui, '
            '-apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="14" role="img" '
            'aria-labelledby="t d">',
            '  <title id="t">The life of a ticket</title>',
            f'  <desc id="d">{escape(DESCRIPTION)}</desc>',
            *_styles(),
            '  <rect class="page" width="1040" height="550"/>',
            '  <text class="ink" x="40" y="42" font-size="17" font-weight="600">The life of a ticket</text>',
            '  <rect class="frame edge" x="40" y="66" width="530" height="406" rx="16"/>',
            '  <text class="word" x="554" y="92" font-size="12" text-anchor="end">active</text>',
            '  <g class="line" fill="none" stroke-width="1.6">',
            *(_arrow(ends) for ends in ARROWS),
            *(f'    <path d="{path}" marker-end="url(#a)"/>' for path, *_ in BEGINNINGS),
            "  </g>",
            "  <g>",
            *(line for name in BOXES for line in _box(name)),
            "  </g>",
            '  <g class="word" font-size="12">',
            *(_words(ends, arrows[ends]) for ends in ARROWS),
            *(line for beginning in BEGINNINGS for line in _beginning(*beginning)),
            *(
                f'    <text x="40" y="{504 + 18 * number}">{escape(told, quote=False)}</text>'
                for number, told in enumerate(FOOTNOTES)
            ),
            "  </g>",
            "</svg>",
            "",
        ]
    )


def _styles() -> Iterator[str]:
    for scheme, opening, closing in ((1, "", ""), (2, "@media (prefers-color-scheme: dark) {", "}")):
        rules = " ".join(f".{name} {{{paint[0]}: {paint[scheme]}}}" for name, paint in COLOURS.items())
        yield f"  <style>{opening}{rules}{closing}</style>"
    yield (
        '  <defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path class="head" d="M0 0 10 5 0 10z"/></marker></defs>'
    )


def _arrow(ends: Ends) -> str:
    arrow = ARROWS[ends]
    start = ' marker-start="url(#a)"' if arrow.both else ""
    return f'    <path id="{"-".join(ends)}" d="{arrow.path}"{start} marker-end="url(#a)"/>'


def _words(ends: Ends, verbs: tuple[Verb, ...]) -> str:
    arrow = ARROWS[ends]
    return f'    <text x="{arrow.x}" y="{arrow.y}" text-anchor="{arrow.anchor}">{", ".join(verbs)}</text>'


def _box(name: str) -> Iterator[str]:
    x, y = BOXES[name]
    note = NOTES.get(name)
    dashes = ' stroke-dasharray="5 5"' if name == ARCHIVED else ""
    corner = f'x="{x - WIDTH // 2}" y="{y - HEIGHT // 2}"'
    yield f'    <rect class="{FILLS[name]} edge" {corner} width="{WIDTH}" height="{HEIGHT}" rx="10"{dashes}/>'
    middle = f'x="{x}" text-anchor="middle"'
    yield f'    <text class="ink" {middle} y="{y - 3 if note else y + 5}" font-weight="600">{name}</text>'
    if note:
        yield f'    <text class="word" {middle} y="{y + 14}" font-size="11">{note}</text>'


def _beginning(_: str, dot_x: int, dot_y: int, x: int, y: int, lines: tuple[str, ...]) -> Iterator[str]:
    yield f'    <circle class="head" cx="{dot_x}" cy="{dot_y}" r="4"/>'
    for number, line in enumerate(lines):
        yield f'    <text x="{x}" y="{y + 14 * number}" text-anchor="middle">{line}</text>'


if __name__ == "__main__":
    print(picture(), end="")
