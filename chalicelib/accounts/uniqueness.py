"""What must be unique is settled by the database; here its answer becomes a sentence."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from chalicelib.core.db import violated_constraint
from chalicelib.core.errors import Conflict


@contextmanager
def unique(constraint: str | Collection[str], sentence: str) -> Iterator[None]:
    """Raises Conflict with the sentence where a statement inside breaks the constraint, or one of several."""
    constraints = (constraint,) if isinstance(constraint, str) else constraint
    try:
        yield
    except DBAPIError as error:
        if violated_constraint(error) not in constraints:
            raise
        raise Conflict(sentence) from error
