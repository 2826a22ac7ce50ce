"""Standard Webhooks 1.0, held against its reference library; and when a call is made again."""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.core import standard_webhooks
from chalicelib.webhooks import patience

BODY = '{"type":"ticket.created","data":{"subject":"Café ☕"}}'
ID = "msg_0190c0de000070008000000000000007"


def now() -> int:
    return int(datetime.now(UTC).timestamp())


@given(st.binary(min_size=24, max_size=64), st.text(max_size=200))
def test_the_reference_library_signs_alike(secret: bytes, text: str) -> None:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    ours = standard_webhooks.headers(ID, int(at.timestamp()), text, [secret])
    assert ours["webhook-signature"] == Webhook(standard_webhooks.written(secret)).sign(ID, at, text)


def test_the_specifications_own_example_of_a_secret_is_read() -> None:
    assert len(standard_webhooks.read("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")) == 24


def test_each_of_two_secrets_verifies_and_a_third_does_not() -> None:
    old, new, other = (standard_webhooks.new_secret() for _ in range(3))
    fields = standard_webhooks.headers(ID, now(), BODY, [new, old])

    for secret in (old, new):
        assert Webhook(standard_webhooks.written(secret)).verify(BODY, fields)["type"] == "ticket.created"
    with pytest.raises(WebhookVerificationError):
        Webhook(standard_webhooks.written(other)).verify(BODY, fields)


@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_call_that_is_five_minutes_off_is_refused_by_the_receiver(seconds: int) -> None:
    secret = standard_webhooks.new_secret()
    fields = standard_webhooks.headers(ID, now() + seconds, BODY, [secret])
    with pytest.raises(WebhookVerificationError):
        Webhook(standard_webhooks.written(secret)).verify(BODY, fields)


def test_case_58_two_thousand_signatures_cost_one_for_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, body = [standard_webhooks.new_secret() for _ in range(2)], b"x" * 1_000
    fields = {"webhook-id": ID, "webhook-timestamp": str(now()), "webhook-signature": "v1,x " * 2000}
    signed_with: list[bytes] = []
    digest = hmac.digest

    def counted(key: bytes, *rest: Any) -> bytes:
        signed_with.append(key)
        return digest(key, *rest)

    monkeypatch.setattr(hmac, "digest", counted)
    with pytest.raises(standard_webhooks.NotSigned):
        standard_webhooks.check(fields, body, keys, now())

    assert signed_with == keys


@given(st.binary(min_size=24, max_size=64))
def test_a_secret_is_read_as_it_was_written(secret: bytes) -> None:
    assert standard_webhooks.read(standard_webhooks.written(secret)) == secret


def test_a_new_secret_is_no_other() -> None:
    assert len({standard_webhooks.new_secret() for _ in range(100)}) == 100


@given(st.floats(0, 1))
def test_ten_tries_take_two_days_at_least_and_75_hours_at_most(spread: float) -> None:
    waits = [patience.wait(left, spread) for left in range(patience.TRIES - 1, 0, -1)]
    # Each try may wait a minute for the sweep, and fifteen seconds for its answer.
    extra = patience.TRIES * timedelta(seconds=75)
    total = sum((wait for wait in waits if wait), timedelta())
    assert len(waits) == patience.TRIES - 1
    assert timedelta(hours=48) < total
    assert total + extra <= timedelta(hours=75)
    assert waits == sorted(waits, key=lambda wait: wait or timedelta())


def test_after_the_last_try_there_is_none() -> None:
    assert patience.wait(0, 0.5) is None


@pytest.mark.parametrize(("asked", "seconds"), [(5, 30), (3600, 3600), (10**6, 86_400), (0, 30)])
def test_retry_after_makes_a_wait_longer_never_shorter_and_a_day_at_most(asked: int, seconds: int) -> None:
    assert patience.wait(patience.TRIES - 1, 0.0, asked) == timedelta(seconds=seconds)


def test_an_id_of_a_message_is_of_set_characters() -> None:
    assert f"msg_{UUID(int=7).hex}" == "msg_" + "0" * 31 + "7"
