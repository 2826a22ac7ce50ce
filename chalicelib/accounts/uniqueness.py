"""What must be unique is settled by the database; here its answer becomes a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from chalicelib.core.db import violated_constraint
from chalicelib.core.errors import Conflict


@contextmanager
def unique(constraint: str, sentence: str) -> Iterator[None]:
    """Raises Conflict with the sentence where a statement inside breaks the constraint."""
    try:
        yield
    except DBAPIError as error:
        if violated_constraint(error) != constraint:
            raise
        raise Conflict(sentence) from error
