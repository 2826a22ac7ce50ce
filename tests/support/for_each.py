"""One test for each of many: to begin a test and to tell of it takes pytest longer than these take."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest


def for_each(names: str, values: Iterable[Any], ids: Callable[[Any], str] = repr) -> Callable[[Any], Any]:
    """A test that is called with every value by its name, or of several names (`"query, field"`) with each of
    the tuples, on the same fixtures. It fails with all that failed, each with its value; where there is no
    value it fails too."""
    cases = list(values)
    each_name = names.replace(",", " ").split()

    def given(case: Any) -> dict[str, Any]:
        return dict(zip(each_name, case, strict=True)) if len(each_name) > 1 else {names: case}

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def every(*own: Any, **fixtures: Any) -> None:
            assert cases, f"there is no {names}"
            failed: list[BaseException] = []
            for case in cases:
                try:
                    test(*own, **fixtures, **given(case))
                except (Exception, pytest.fail.Exception) as error:  # the latter is what `raises` raises
                    error.add_note(f"{names}: {ids(case)}")
                    failed.append(error)
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(cases)}", failed)

        signature = inspect.signature(test)
        kept = [one for one in signature.parameters.values() if one.name not in each_name]
        every.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return every

    return decorate
