"""GetSecretValue without boto3: signed as botocore signs, fetched once, retried a little, never told."""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest

from chalicelib.core import secrets
from chalicelib.core.secrets import SecretUnavailable, empty_cache, forget_secret, get_secret

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mesa/signing-AbCdEf"


@pytest.fixture(autouse=True)
def new_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(secrets, "_BACKOFF_SECONDS", 0)
    empty_cache()
    yield
    empty_cache()


class Aws:
    """A server that answers from a script, and what it heard."""

    def __init__(self) -> None:
        self.script: list[tuple[int, bytes]] = []
        self.heard: list[tuple[dict[str, str], Any]] = []
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                aws.heard.append(
                    ({name.lower(): value for name, value in self.headers.items()}, json.loads(body))
                )
                status, answer = aws.script.pop(0)
                if status < 0:
                    self.wfile.write(answer)
                elif status:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def answers(self, *script: tuple[int, object]) -> None:
        self.script = [
            (status, a if isinstance(a, bytes) else json.dumps(a).encode()) for status, a in script
        ]

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    server = Aws()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEBY")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    yield server
    server.stop()


def content(**values: object) -> tuple[int, object]:
    return 200, {"ARN": ARN, "SecretString": json.dumps(values)}


def test_a_secret_is_asked_for_once_a_sandbox(scripted: Aws) -> None:
    scripted.answers(content(kid="k1"))

    assert [get_secret(ARN) for _ in range(3)] == [{"kid": "k1"}] * 3

    [(headers, body)] = scripted.heard
    assert body == {"SecretId": ARN, "VersionStage": "AWSCURRENT"}
    assert headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["x-amz-security-token"] == "FwoGZXIvYXdzEBY"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "x-amz-security-token" in headers["authorization"]


def test_a_refused_secret_is_read_again(scripted: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_REFETCH_SECONDS", 0)
    scripted.answers(content(password="old"), content(password="new"))

    assert get_secret(ARN)["password"] == "old"
    forget_secret(ARN)
    assert get_secret(ARN)["password"] == "new"


def test_a_burst_of_refusals_asks_once(scripted: Aws) -> None:
    scripted.answers(content(password="fresh"))

    for _ in range(5):
        get_secret(ARN)
        forget_secret(ARN)

    assert len(scripted.heard) == 1


def test_forgetting_an_unknown_secret_is_nothing() -> None:
    forget_secret(ARN)


@pytest.mark.parametrize(
    "passing",
    [
        (500, {"__type": "InternalServiceError"}),
        (503, b"<html>"),
        (429, {}),
        (400, {"__type": "com.amazonaws.secretsmanager#ThrottlingException"}),
        (0, b""),
        (-1, b"this is not HTTP\r\n\r\n"),
    ],
)
def test_a_passing_fault_is_tried_again(scripted: Aws, passing: tuple[int, object]) -> None:
    scripted.answers(passing, passing, content(kid="k1"))
    assert get_secret(ARN) == {"kid": "k1"}


def test_tries_end(scripted: Aws) -> None:
    scripted.answers(*[(500, {"__type": "InternalServiceError"})] * 5)

    with pytest.raises(SecretUnavailable, match=f"{ARN}: 500 InternalServiceError"):
        get_secret(ARN)
    assert len(scripted.heard) == 3


def test_a_silent_peer_does_not_hold_the_function(scripted: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_TIMEOUT_SECONDS", 0.05)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(SecretUnavailable, match="TimeoutError"):
            get_secret(ARN)


@pytest.mark.parametrize(
    "kind", ["ResourceNotFoundException", "AccessDeniedException", "UnrecognizedClientException"]
)
def test_a_lasting_refusal_is_told_at_once(scripted: Aws, kind: str) -> None:
    scripted.answers((400, {"__type": kind, "Message": "no"}))

    with pytest.raises(SecretUnavailable, match=f"400 {kind}"):
        get_secret(ARN)
    assert len(scripted.heard) == 1


@pytest.mark.parametrize(
    "answer",
    [{}, {"SecretString": "hush"}, {"SecretString": '["hush"]'}, {"SecretBinary": "aHVzaA=="}, b"hush"],
)
def test_a_secret_of_another_shape_is_refused_without_showing_it(scripted: Aws, answer: object) -> None:
    scripted.answers((200, answer))

    with pytest.raises(SecretUnavailable, match="does not hold a JSON object") as refusal:
        get_secret(ARN)
    assert "hush" not in str(refusal.value)


def test_a_failure_is_not_remembered(scripted: Aws) -> None:
    scripted.answers((400, {"__type": "AccessDeniedException"}), content(kid="k1"))

    with pytest.raises(SecretUnavailable):
        get_secret(ARN)
    assert get_secret(ARN) == {"kid": "k1"}


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_missing_variable_is_named(scripted: Aws, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)

    with pytest.raises(SecretUnavailable, match=f"{name} is not set"):
        get_secret(ARN)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "secretsmanager.eu-west-1.amazonaws.com"),
        ("cn-north-1", "secretsmanager.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_on_lambda_the_call_goes_to_the_region_over_tls(
    monkeypatch: pytest.MonkeyPatch, region: str, host: str
) -> None:
    called: list[tuple[str, float]] = []

    class Connection:
        def __init__(self, host: str, port: int | None, *, timeout: float, context: object) -> None:
            called.append((host, timeout))

        def request(self, *args: object) -> None:
            raise ConnectionResetError

        def close(self) -> None:
            """Nothing to close."""

    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setattr("http.client.HTTPSConnection", Connection)

    with pytest.raises(SecretUnavailable, match="ConnectionResetError"):
        get_secret(ARN)
    assert called == [(host, 2.0)] * 3


def test_reads_what_boto3_wrote(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_REFETCH_SECONDS", 0)
    client = boto3.client("secretsmanager", endpoint_url=aws)
    arn = client.create_secret(Name="mesa/round-trip", SecretString='{"word": "contraseña"}')["ARN"]

    first = get_secret(arn)
    client.put_secret_value(SecretId=arn, SecretString='{"word": "otra"}')
    kept = get_secret(arn)
    forget_secret(arn)

    assert (first, kept, get_secret(arn)) == (
        {"word": "contraseña"},
        {"word": "contraseña"},
        {"word": "otra"},
    )
    with pytest.raises(SecretUnavailable, match="404 ResourceNotFoundException"):
        get_secret(arn.replace("round-trip", "absent"))
