"""What a subject says: answer, forward, what it is about, which ticket."""

import pytest

from chalicelib.channels import subjects
from tests.support.for_each import for_each


@for_each(
    "subject",
    [
        *("Re: x", "RE: x", "re:x", "Re : x", "RE[2]: x", "Re(3): x", "Re^2: x", "AW: x", "Antw: x", "SV: x"),
        *("RIF: x", "Res: x", "RÉP : x", "回复：x", "[EXT] Re: x", "[TKT-2026-00042] Re: x", "  Re: x"),
        "***SPAM*** Re: x",
    ],
)
def test_an_answer_begins_as_answers_do(subject: str) -> None:
    assert subjects.is_answer(subject)


@pytest.mark.parametrize(
    "subject",
    ["Software: down", "Where: here", "Regarding: x", "x Re: y", "Rex: x", "Re x", "FW: x", "", "[x] Re: y"],
)
def test_what_holds_a_prefix_elsewhere_is_no_answer(subject: str) -> None:
    assert not subjects.is_answer(subject)


@pytest.mark.parametrize(
    "subject", ["Fwd: x", "FW: x", "Fw:x", "WG: x", "RV: x", "TR: x", "TR : x", "[EXTERNAL] Fwd: x"]
)
def test_a_forward_begins_as_forwards_do(subject: str) -> None:
    assert subjects.is_forward(subject)
    assert not subjects.is_answer(subject)


@pytest.mark.parametrize("subject", ["Re: Fwd: x", "Forward: x", "Software: x", "Trip: x"])
def test_an_answer_to_a_forward_is_none(subject: str) -> None:
    assert not subjects.is_forward(subject)


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: Fwd: [EXT] [TKT-2026-00042] printer", "printer"),
        ("[TKT-2026-00042] Software: down", "Software: down"),
        ("[urgent] printer", "[urgent] printer"),
        ("printer Re: x", "printer Re: x"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_what_it_is_about_has_no_prefixes(subject: str, bare: str) -> None:
    assert subjects.bare(subject) == bare


@pytest.mark.parametrize(
    ("subject", "labels"),
    [
        ("Re: [TKT-2026-00042] x", ("TKT-2026-00042",)),
        ("[tkt-2026-42] x", ("TKT-2026-00042",)),
        ("[TKT-2026-1234567] x", ("TKT-2026-1234567",)),
        ("[TKT-2026-00042] [TKT-2026-00043] [TKT-2026-00042]", ("TKT-2026-00042", "TKT-2026-00043")),
        ("TKT-2026-00042", ()),
        ("[IT-2026-00042]", ()),
        ("[TKT-26-00042]", ()),
        ("[XTKT-2026-00042]", ()),
        ("[TKT-２０２６-00042]", ()),
    ],
)
def test_labels_are_found_in_brackets_with_the_workspaces_prefix(
    subject: str, labels: tuple[str, ...]
) -> None:
    assert subjects.labels(subject, "TKT") == labels


def test_a_title_is_never_empty_nor_too_long() -> None:
    assert subjects.title("  x ") == "x"
    assert subjects.title(" ") == "(no subject)"
    assert subjects.title("", "(sin asunto)") == "(sin asunto)"
    assert subjects.title("a" * 200) == "a" * 200
    assert subjects.title("a" * 201) == "a" * 199 + "…"
