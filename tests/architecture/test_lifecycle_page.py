"""Rule 9: what the documents show of a ticket's life is the table of tickets/lifecycle.py."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from chalicelib.models.words import Status
from chalicelib.tickets import lifecycle
from chalicelib.tickets.lifecycle import ACTIVE, FINISHED, Verb, edges, moves
from local import lifecycle_diagram, lifecycle_page
from local.lifecycle_diagram import ARCHIVED, ARROWS, FRAME
from tests.architecture.source import ROOT

SVG = "{http://www.w3.org/2000/svg}"
# A letter of the usual fonts is no wider, for its height.
LETTER = 0.56


def shown() -> ElementTree.Element:
    return ElementTree.fromstring((ROOT / "docs/lifecycle.svg").read_text("utf-8"))  # noqa: S314


def ends_of(arrow: ElementTree.Element) -> set[tuple[str, str]]:
    """The changes of status that an arrow stands for, by the name it has in the file."""
    source, target = arrow.attrib["id"].split("-")
    sources = ACTIVE if source == FRAME else {source}
    found = {(each, target) for each in sources}
    return found | {(b, a) for a, b in found} if "marker-start" in arrow.attrib else found


def arrows() -> list[ElementTree.Element]:
    return [path for path in shown().iter(f"{SVG}path") if "id" in path.attrib]


def test_the_documents_are_made_from_the_table_as_it_is() -> None:
    """Where this fails: `make docs`."""
    assert (ROOT / "docs/lifecycle.md").read_text("utf-8") == lifecycle_page.page()
    assert (ROOT / "docs/lifecycle.svg").read_text("utf-8") == lifecycle_diagram.picture()


def test_the_picture_shows_each_edge_once_and_no_other() -> None:
    drawn = [ends for arrow in arrows() for ends in ends_of(arrow) if ARCHIVED not in ends]

    assert sorted(drawn) == sorted((str(a), str(b)) for a, b in edges())


def test_the_picture_names_the_verbs_of_each_edge() -> None:
    words = lifecycle_diagram.drawn()
    for arrow in arrows():
        source, target = arrow.attrib["id"].split("-")
        for ends in ends_of(arrow):
            if ARCHIVED not in ends:
                assert words[source, target] == moves()[Status(ends[0]), Status(ends[1])]
    assert {source for source, target in words if target == ARCHIVED} == FINISHED


def test_an_edge_without_a_place_stops_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**moves(), (Status.CANCELLED, Status.CLOSED): (Verb.CLOSE,)}
    monkeypatch.setattr(lifecycle_diagram, "moves", lambda: more)

    with pytest.raises(ValueError, match="cancelled"):
        lifecycle_diagram.picture()


def test_a_place_without_an_edge_stops_the_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {ends: verbs for ends, verbs in moves().items() if ends != (Status.NEW, Status.OPEN)}
    monkeypatch.setattr(lifecycle_diagram, "moves", lambda: fewer)

    with pytest.raises(ValueError, match="new"):
        lifecycle_diagram.picture()


def test_no_words_of_the_picture_overlap() -> None:
    places = {}
    for text in shown().iter(f"{SVG}text"):
        size = float(text.attrib.get("font-size", 12))
        width = len(text.text or "") * size * LETTER
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        anchor = text.attrib.get("text-anchor", "start")
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        places[text.text, x, y] = (left, y - size * 0.8, left + width, y + size * 0.25)

    overlapping = [
        (one, other)
        for (one, a), (other, b) in combinations(places.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert overlapping == []
    assert len(places) >= len(ARROWS) + len(lifecycle_diagram.BOXES)


def test_the_page_tells_each_verb_with_its_body() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", lifecycle_page.page(), flags=re.M)

    assert [verb for verb, _ in rows] == [*lifecycle.TABLE]
    bodies = dict(rows)
    assert bodies["transfer"] == "`team_id`, `assignee_id?`, `reason`"
    assert bodies["pause"] == r"`waiting_on: customer\|other`, `reason`"
