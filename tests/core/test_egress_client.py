"""Having a stranger called: one signed Invoke, whose every failure is told apart and tells nothing."""

import json
from collections.abc import Iterator

import pytest

from chalicelib.core import egress
from chalicelib.core.egress import NotCalled
from chalicelib.core.errors import Unavailable
from tests.support.invoking import Lambda
from tests.support.stranger import Stranger, Told

pytestmark = pytest.mark.usefixtures("stage")


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    function = Lambda()
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", function.url)
    yield function
    function.stop()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger()
    yield stranger
    stranger.stop()


def call(url: str, function: str = "mesa-egress") -> egress.Heard:
    return egress.call(function, "GET", url, seconds=2, max_bytes=1000)


def test_a_stranger_is_heard_through_the_function(function: Lambda, stranger: Stranger) -> None:
    stranger.says("/", b"\x00hello", 418, Content_Type="text/plain")

    heard = egress.call(
        "mesa-egress", "POST", f"{stranger.url}/?q=é".replace("é", "e"), headers={"X-A": "b"}, body="ñ",
        seconds=2, max_bytes=1000,
    )  # fmt: skip

    assert (heard.status, heard.headers, heard.body) == (418, {"content-type": "text/plain"}, b"\x00hello")
    assert stranger.heard[0].body == "ñ".encode()
    assert stranger.heard[0].headers["x-a"] == "b"


def test_what_the_function_refuses_is_told_by_its_word(function: Lambda) -> None:
    with pytest.raises(NotCalled) as refused:
        call("https://169.254.169.254/latest")

    assert refused.value.kind == "blocked"


@pytest.mark.parametrize(
    "told",
    [
        Told(500, body=b"{}"),
        Told(429, {"X-Amzn-ErrorType": "TooManyRequestsException"}, b"{}"),
        Told(200, {"X-Amz-Function-Error": "Unhandled"}, b'{"errorMessage": "secret words"}'),
        Told(body=b"no json"),
        Told(body=b"[]"),
        Told(body=b"{}"),
        Told(body=json.dumps({"status": 200, "headers": {}, "body": 7}).encode()),
        Told(body=json.dumps({"status": 200, "headers": {}, "body": "=a"}).encode()),
    ],
)
def test_a_function_that_fails_is_a_desk_that_is_busy(
    function: Lambda, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    function.script = lambda _: told

    with pytest.raises(Unavailable) as unavailable:
        call("https://example.org")

    assert unavailable.value.facts["retry_after"] >= 1
    assert "secret words" not in caplog.text + str(unavailable.value)


def test_so_is_one_that_is_not_there(function: Lambda, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable):
        call("https://example.org", "elsewhere")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        call("https://example.org")
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(Unavailable):
        call("https://example.org")
