"""Every mail of the collection, as it is and damaged, goes the whole way: it ends as something, and none is
lost or comes again for ever."""

import random

import pytest

from tests.support.letterbox import Letterbox, stamped
from tests.support.mails import kept

DAMAGED = 2


def damaged(raw: bytes, seed: int) -> bytes:
    """Some bytes of it are others, and a piece may be missing."""
    chance = random.Random(seed)
    flipped = bytearray(raw)
    for _ in range(chance.randint(1, 30)):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    start = chance.randrange(len(flipped))
    del flipped[start : start + chance.choice((0, 0, 1, 50, 5000))]
    return bytes(flipped)


@pytest.mark.parametrize("part", range(4))
def test_it_becomes_something_whatever_it_is(letterbox: Letterbox, part: int) -> None:
    mails = list(kept().values())[part::4]
    everything = [*mails, *(damaged(raw, seed) for raw in mails for seed in range(DAMAGED))]
    keys = [letterbox.store(stamped(raw)) for raw in everything]

    failed = [keys[place] for start in range(0, len(keys), 10) for place in _told(letterbox, keys, start)]

    assert failed == []
    assert {row["object_key"] for row in letterbox.arrived()} == set(keys)


def _told(letterbox: Letterbox, keys: list[str], start: int) -> list[int]:
    return [start + place for place in letterbox.tell(*keys[start : start + 10])]
