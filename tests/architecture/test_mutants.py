"""`make mutants` weakens what stands in the source: each replacement fits still, each of its tests is
there."""

from functools import lru_cache

from tests.architecture.source import ROOT
from tests.mutants.__main__ import every_mutant
from tests.mutants.mutant import Mutant, Stale


@lru_cache
def mutants() -> tuple[Mutant, ...]:
    return tuple(every_mutant())


@lru_cache
def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def misfit(mutant: Mutant) -> str | None:
    try:
        changed = mutant.weakened(text_of(mutant.path)) != text_of(mutant.path)
    except Stale as stale:
        return str(stale)
    return None if changed else f"{mutant.path}: {mutant.name}: changes nothing"


def test_every_mutant_fits_the_source() -> None:
    assert [told for mutant in mutants() if (told := misfit(mutant))] == []


def test_the_tests_that_should_catch_them_are_there() -> None:
    files = {test.split("::")[0] for mutant in mutants() for test in mutant.tests}

    assert sorted(file for file in files if not (ROOT / file).exists()) == []
