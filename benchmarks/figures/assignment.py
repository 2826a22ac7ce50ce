"""Teams that assign by themselves: how even, of many creates at once, and what a create pays for it."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any
from unittest.mock import patch

from benchmarks.figure import Figure, progress
from benchmarks.gateway import proxy_event
from benchmarks.sampling import interleaved, timed
from benchmarks.stage import Stage
from tests.support.crew import Crew, crew
from tests.support.processes import in_processes

PROCESSES, EACH = 8, 25
AGENTS = 7
ROUNDS = 200
TICKET = {"subject": "VPN drops every hour", "description": "Since this morning.", "priority": "high"}


def measure(stage: Stage) -> Iterator[Figure]:
    """The spread between who got most and who got least, of 200 creates over eight processes, each with its
    own connection; and a create with a choice against one without."""
    assert stage.environment
    workspace = stage.cast.acme
    teams = {
        rule: crew(stage.database, workspace, rule, AGENTS, name=rule)
        for rule in ("round_robin", "least_loaded", "manual")
    }
    for rule in ("round_robin", "least_loaded"):
        yield _spread(stage, rule, teams[rule])
    for rule in ("round_robin", "least_loaded"):
        yield _cost(stage, rule, teams[rule], teams["manual"])


def _spread(stage: Stage, rule: str, team: Crew) -> Figure:
    total = PROCESSES * EACH
    progress(f"{rule}: {total} creates in {PROCESSES} processes, {AGENTS} agents")
    body = {**TICKET, "team_id": str(team.team)}
    replies = in_processes(PROCESSES, EACH, stage.cast.dario.token, "POST", "/v1/tickets", body, {})
    assert {reply.status for reply in replies} == {201}, replies[0].text
    got = Counter(reply.json["assignee"]["id"] for reply in replies)
    spread = max(got.values()) - min(got[str(member.id)] for member in team.members)
    return Figure(f"{rule.replace('_', ' ')}: spread over {total} parallel creates", spread, 1)


def _cost(stage: Stage, rule: str, choosing: Crew, manual: Crew) -> Figure:
    progress(f"creates by {rule} and by hand, {ROUNDS} rounds")
    from app import app

    def create(team: Crew) -> float:
        body = {**TICKET, "team_id": str(team.team)}
        event: dict[str, Any] = proxy_event("POST", "/v1/tickets", caller=stage.cast.dario, body=body)

        def called() -> None:
            assert app(event, None)["statusCode"] == 201

        return timed(called)

    unsent = patch("chalicelib.core.events.send_committed")
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), unsent:
        for team in (choosing, manual) * 10:
            create(team)
        pair = interleaved(ROUNDS, lambda: create(choosing), lambda: create(manual))
    ours, by_hand = pair.medians
    return Figure(f"warm: create, {rule.replace('_', ' ')} (floor: by hand)", ours, 1.3, "ms", by_hand)
