"""Signing in: the authorizer's warm call, a login against the bcrypt that it cannot do without, and whether
time tells which emails have an account, or what of a public look-up was wrong."""

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from ipaddress import IPv4Address
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import bcrypt

from benchmarks.figure import Figure, progress
from benchmarks.gateway import METHOD_ARN, proxy_event
from benchmarks.sampling import interleaved, timed
from benchmarks.stage import Stage
from chalicelib.accounts.passwords import hash_password
from chalicelib.core.tokens import Claims, Signer, SigningKey, TokenKind
from tests.support.cast import PASSWORD, Person, person, signing_secret

CALLS = 2_000
LOGINS = 30
COST = 12
GUESSES = 4_000
PEOPLE = 25
WRONG = "not the right passphrase"
LOOK_UPS = 1_000
FIRST = "SELECT t.label, u.email FROM tickets t JOIN users u ON u.id = t.requester_id LIMIT 1"


def measure(stage: Stage) -> Iterator[Figure]:
    """The authorizer for each kind of token, a login at production's cost, guesses at a low one."""
    ada = stage.cast.ada
    for kind in TokenKind:
        yield _authorizer(kind, ada)
    with _desk(stage, COST) as login:
        yield _login(stage, login, ada)
    with _desk(stage, 4) as login:
        yield _enumeration(stage, login)
        yield _look_ups(stage)


def _authorizer(kind: TokenKind, ada: Person) -> Figure:
    progress(f"warm authorizer, {kind}, {CALLS:,} calls")
    from chalicelib.api.authorizer import authorizer

    secret, now = signing_secret(), int(time.time())
    claims = Claims(ada.id, ada.workspace_id, ada.role, kind, uuid4(), now, now + 900)
    token = Signer(SigningKey.from_seed(secret.kid, secret.seed), "mesa", "mesa-api").sign(claims)
    event = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": METHOD_ARN}
    assert authorizer(event, None)["context"]["kind"] == kind
    p50 = median(timed(lambda: authorizer(event, None)) for _ in range(CALLS))
    return Figure(f"warm: authorizer, {kind.replace('_', ' ')}, p50", p50, 1, "ms")


def _login(stage: Stage, login: Callable[[str, str], int], ada: Person) -> Figure:
    progress(f"logins at cost {COST}, {LOGINS} rounds")
    stored = hash_password(PASSWORD, signing_secret().pepper, COST, ada.email)
    stage.database.run("UPDATE users SET password_hash = :h WHERE id = :u", h=stored, u=ada.id)

    def signs_in() -> None:
        assert login(ada.email, PASSWORD) == 200

    def checks() -> None:
        assert not bcrypt.checkpw(WRONG.encode(), stored.encode())

    signs_in()
    ours, bare = interleaved(LOGINS, lambda: timed(signs_in), lambda: timed(checks)).medians
    return Figure(f"login at cost {COST} (floor: the bcrypt check)", ours, 1.15, "ms", bare)


def _enumeration(stage: Stage, login: Callable[[str, str], int]) -> Figure:
    progress(f"guesses at known and unknown emails, {GUESSES:,} logins")
    known = []
    for number in range(PEOPLE):
        somebody = person(stage.database, stage.cast.acme, f"Known{number}", "agent", "acme.example")
        stored = hash_password(PASSWORD, signing_secret().pepper, 4, somebody.email)
        stage.database.run("UPDATE users SET password_hash = :h WHERE id = :u", h=stored, u=somebody.id)
        known.append(somebody.email)
    unknown = [email.replace("known", "knawn") for email in known]
    times: dict[bool, list[float]] = {True: [], False: []}
    asked = [(True, email) for email in known] + [(False, email) for email in unknown]
    for each in asked:
        login(each[1], WRONG)
    rounds = [each for _ in range(GUESSES // len(asked)) for each in asked]
    random.Random(8).shuffle(rounds)
    for is_known, email in rounds:
        started = time.perf_counter()
        status = login(email, WRONG)
        times[is_known].append(time.perf_counter() - started)
        assert status == 401
    auc = area(times[True], times[False])
    return Figure("enumeration: AUC, known against unknown", max(auc, 1 - auc), 0.55)


def _look_ups(stage: Stage) -> Figure:
    """A wrong email, label or workspace, each from an address of its own, for one is soon refused."""
    progress(f"wrong public look-ups, {LOOK_UPS:,} of each kind")
    from chalicelib.api.public_status import PATH, public_status

    (found,) = stage.database.rows(FIRST)
    guesses = {
        "email": ("acme", {**found, "email": "nobody@example.com"}),
        "label": ("acme", {**found, "label": "TKT-2026-99999"}),
        "workspace": ("nowhere", found),
    }
    times: dict[str, list[float]] = {name: [] for name in guesses}
    for number in range(LOOK_UPS):
        for name, (slug, body) in guesses.items():
            event = proxy_event("POST", PATH, path={"workspace": slug}, body=body)
            address = str(IPv4Address("10.0.0.0") + number)
            event["requestContext"]["identity"]["sourceIp"] = address
            started = time.perf_counter()
            status = public_status(event, None)["statusCode"]
            times[name].append((time.perf_counter() - started) * 1000)
            assert status == 404, status
    slowest, *_, quickest = sorted(map(median, times.values()), reverse=True)
    return Figure(
        "public look-up: the slowest wrong guess against the quickest", slowest, 1.15, "ms", quickest
    )


def area(ones: Sequence[float], others: Sequence[float]) -> float:
    """The chance that one of the first took longer than one of the second (Mann and Whitney's U over its
    greatest): 0.5 where nothing tells them apart. Ties count half."""
    ranked = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        rank = (place + 1 + end) / 2
        total += rank * sum(is_one for _, is_one in ranked[place:end])
        place = end
    return (total - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


@contextmanager
def _desk(stage: Stage, cost: int) -> Iterator[Callable[[str, str], int]]:
    """A login through the Lambda entry point, at this bcrypt cost: email, password → status."""
    from app import app
    from chalicelib.api.resource import api_settings

    def login(email: str, password: str) -> int:
        event = proxy_event("POST", "/v1/auth/login", body={"email": email, "password": password})
        answer: Mapping[str, Any] = app(event, None)
        return int(answer["statusCode"])

    with (
        open(os.devnull, "w") as nowhere,
        redirect_stdout(nowhere),
        # Thousands of refusals are the point of it, and no news.
        patch.dict(
            os.environ, {**stage.environment, "MESA_BCRYPT_COST": str(cost), "MESA_LOG_LEVEL": "ERROR"}
        ),
        patch("chalicelib.core.events.send_committed"),
    ):
        api_settings.cache_clear()
        yield login
    api_settings.cache_clear()
