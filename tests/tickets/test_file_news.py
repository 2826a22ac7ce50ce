"""What the queue of files says is read or refused, whatever it is; nothing else comes out of it."""

import copy
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.models.words import Scan
from chalicelib.tickets.file_news import Arrived, FileNews, Scanned
from tests.support import bucket

WORKSPACE, FILE = (UUID(int=number) for number in (1, 2))
KEY = f"{WORKSPACE}/{FILE}"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
NEWS = st.sampled_from([bucket.created(KEY, "v1", 5), bucket.scanned(KEY, "v1", "THREATS_FOUND")])


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document."""
    found = [path] if path else []
    inner: Any = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    for key, value in inner:
        found += places(value, (*path, key))
    return found


def read(document: Any) -> FileNews | None:
    try:
        return FileNews.parse(json.dumps(document), bucket.BUCKET)
    except ValueError:
        return None


def test_an_arrival_is_read() -> None:
    news = FileNews.parse(json.dumps(bucket.created(KEY, "v1", 5)), bucket.BUCKET)

    assert news.told == (Arrived(WORKSPACE, FILE, "v1", 5),)
    assert (news.type, news.workspace_id) == ("ObjectCreated:Post", WORKSPACE)


def test_an_arrival_in_several_records_too() -> None:
    message = bucket.created(KEY, "v1", 5)
    message["Records"] += bucket.created(KEY.replace("/", "%2F"), "v2", 6)["Records"]

    told = FileNews.parse(json.dumps(message), bucket.BUCKET).told

    assert [(each.version, getattr(each, "size", None)) for each in told] == [("v1", 5), ("v2", 6)]


def test_a_deletion_is_no_arrival() -> None:
    message = bucket.created(KEY, "v1", 5)
    message["Records"][0]["eventName"] = "ObjectRemoved:Delete"

    assert FileNews.parse(json.dumps(message), bucket.BUCKET).told == ()


@pytest.mark.parametrize(
    ("status", "scan"), [("NO_THREATS_FOUND", Scan.CLEAN), ("THREATS_FOUND", Scan.INFECTED)]
)
def test_a_result_is_read(status: str, scan: Scan) -> None:
    news = FileNews.parse(json.dumps(bucket.scanned(KEY, "v1", status)), bucket.BUCKET)

    assert news.told == (Scanned(WORKSPACE, FILE, "v1", scan),)


def test_the_only_version_of_a_bucket_without_versions_is_null() -> None:
    message = bucket.created(KEY, "", 5)

    assert FileNews.parse(json.dumps(message), bucket.BUCKET).told[0].version == "null"


@pytest.mark.parametrize(
    ("name", "value"), [("eventTime", "2026-11-20T21:30:05"), ("eventTime", "soon"), ("eventName", None)]
)
def test_one_that_says_nothing_usable_is_refused(name: str, value: Any) -> None:
    message = bucket.created(KEY, "v1", 5)
    message["Records"][0][name] = value

    assert read(message) is None


def test_nor_does_an_endless_size() -> None:
    message = json.dumps(bucket.created(KEY, "v1", 5)).replace('"size": 5', '"size": Infinity')

    with pytest.raises(ValueError, match="no news"):
        FileNews.parse(message, bucket.BUCKET)


@given(JSON)
def test_whatever_else_comes_is_refused(document: Any) -> None:
    news = read(document)

    assert news is None or news.told == ()


@given(NEWS, st.data())
def test_news_with_something_else_in_it_is_read_or_refused(message: Any, data: st.DataObject) -> None:
    changed = copy.deepcopy(message)
    *path, last = data.draw(st.sampled_from(places(changed)))
    inner = changed
    for key in path:
        inner = inner[key]
    inner[last] = data.draw(JSON)

    news = read(changed)

    assert news is None or news.created_at.tzinfo is not None
    for told in news.told if news else ():
        assert isinstance(told.workspace_id, UUID)
        assert isinstance(told.version, str)
