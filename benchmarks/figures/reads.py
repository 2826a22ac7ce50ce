"""Every read of the API, warm, against the same SQL through bare pg8000: of each part of the API the dearest.

The routes are those of the route table, so a new one is measured the day it is made.
"""

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.figures.warm import Desk, opened_desk
from benchmarks.gateway import proxy_event
from benchmarks.stage import Stage
from chalicelib.api.endpoint import Endpoint
from tests.support import specimens
from tests.support.cast import Person
from tests.support.tenants import Tenant, furnish

ROUNDS, WARM_UP = 40, 5
# Some tell what they compute: days of a calendar, texts of mails.
COSTS = 4


def measure(stage: Stage) -> Iterator[Figure]:
    """At a desk that has one of everything, where our own part is the largest; its admin asks."""
    mallory = stage.cast.mallory
    globex = furnish(stage.database, stage.cast.globex, requester=mallory.id, colleague=mallory.id)
    found: dict[str, list[Figure]] = {}
    with opened_desk(stage) as desk:
        for endpoint in _reads():
            found.setdefault(endpoint.tag, []).append(_figure(desk, endpoint, globex, mallory))
    for tag, figures in found.items():
        dearest = max(figures, key=lambda figure: figure.ratio or 0)
        name = f"reads of “{tag}” ({len(figures)}), the dearest: {dearest.name}"
        yield Figure(name, dearest.measured, COSTS, "ms", dearest.floor)


def _reads() -> list[Endpoint]:
    """What people's programs read of the database alone: data, not pages, and nothing out of a bucket."""
    return [
        each
        for each in specimens.routes()
        if each.method == "GET"
        and each.needs_database
        and each.prepare is None
        and each.content_type == "application/json"
        and not specimens.is_public(each)
        and not any(field.is_required() for field in each.query.model_fields.values())
    ]


def _figure(desk: Desk, endpoint: Endpoint, desks_own: Tenant, who: Person) -> Figure:
    path = specimens.path_values(endpoint, desks_own.slug, desks_own.ids)
    event = proxy_event("GET", endpoint.path, caller=who, path=path or None)
    return desk.figure(endpoint.path, lambda: event, COSTS, rounds=ROUNDS, warm_up=WARM_UP)
