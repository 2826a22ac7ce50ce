"""Categorising: a category or subcategory as the desk declares it, in whatever spelling it comes.

A desk that declares none takes any text; so does a category without subcategories. Where some are declared,
another text is kept as it was written, unless the workspace takes declared ones alone (`categories_only`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize
from uuid import UUID

from chalicelib.core.db import Transaction
from chalicelib.core.errors import FieldProblem, ValidationFailed
from chalicelib.tickets import category_queries


def fold(name: str) -> str:
    """A name as any spelling of it is compared: whatever the case, the spaces and the way to write a sign."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def as_declared(
    tx: Transaction,
    workspace_id: UUID,
    given: Mapping[str, Any],
    category: str | None,
    found: Any,
    *,
    strict: bool = True,
) -> dict[str, Any]:
    """`given`, which may have a category and a subcategory, with these as they are declared. `category`: what
    the ticket will have. `found`: of it, `category_name category_subcategories categories_only`, as
    queries.prepare and category_queries.declared tell. Not `strict`: no text is refused.

    Raises ValidationFailed where only declared ones are taken, with the field and what there is.
    """
    settled = dict(given)
    texts = {name: given[name] for name in ("category", "subcategory") if given.get(name) is not None}
    if not texts:
        return settled
    only = strict and found.categories_only
    known: Sequence[str] = ()
    if only and found.category_name is None:
        known = [row.name for row in category_queries.active(tx, workspace_id)]
    if "category" in texts:
        if known:
            raise _unknown("category", "category", known)
        settled["category"] = found.category_name or category
    if "subcategory" in texts:
        if known:
            raise ValidationFailed.of("subcategory", "Name the category that it belongs to.")
        settled["subcategory"] = _subcategory(texts["subcategory"], found, only)
    return settled


def _subcategory(text: str, found: Any, only: bool) -> str:
    declared = found.category_subcategories or ()
    name = spelled(text, declared)
    if name is None and declared and only:
        raise _unknown("subcategory", f"subcategory of {found.category_name}", declared)
    return name or text


def spelled(text: str, names: Iterable[str]) -> str | None:
    """The name that the text means, None where it means none of them."""
    return {fold(name): name for name in names}.get(fold(text))


def _unknown(field: str, what: str, known: Sequence[str]) -> ValidationFailed:
    sentence = f"There is no such {what} here; `known` lists what there is."
    problem = FieldProblem(field, "VALIDATION_ERROR", sentence)
    return ValidationFailed(sentence, errors=[problem], known=list(known))
