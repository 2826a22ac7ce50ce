"""Figures from counted rows: of a period, of the one before and of each bucket, group by group. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from chalicelib.analytics.periods import Period

Row: TypeAlias = Mapping[str, Any]
# Where a row belongs: in the period, in that before it, or in a bucket of it, by number from 1.
Place: TypeAlias = Literal["current", "previous"] | int
Cells: TypeAlias = Mapping[Place, Row]
Key: TypeAlias = tuple[Any, ...]

NOTHING: Row = {"met": 0, "breached": 0, "running": 0}


class Table:
    """Rows by group: `groups` of each key, and `total`."""

    def __init__(self, rows: Sequence[Any], columns: Sequence[str], *, has_totals: bool) -> None:
        """`rows` as queries.attainment gives them, `columns` those that are grouped by."""
        self.groups: dict[Key, dict[Place, Row]] = defaultdict(dict)
        totals: dict[Place, Row] = {}
        for row in rows:
            figures = row._mapping
            place = _place(row)
            if place is not None:
                key = tuple(figures[column] for column in columns)
                (totals if row.is_total else self.groups[key])[place] = figures
        self.total: Cells = totals if has_totals else self._sums()

    def _sums(self) -> Cells:
        sums: dict[Place, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NOTHING, 0))
        for cells in self.groups.values():
            for place, figures in cells.items():
                for name in NOTHING:
                    sums[place][name] += figures[name]
        return sums


def told(cells: Cells, buckets: Sequence[Period] | None, *, times: bool) -> dict[str, Any]:
    """The figures of a group with what changed, and its series where there are buckets. `times`: with
    minutes."""
    current = cells.get("current", NOTHING)
    figures, previous = _figures(current, times=times), _figures(cells.get("previous", NOTHING), times=times)
    was, now = previous["attainment"], figures["attainment"]
    return {
        **figures,
        "running": current["running"],
        "previous": previous,
        "attainment_change": None if was is None or now is None else round(now - was, 6),
        "series": _series(cells, buckets, times=times) if buckets else None,
    }


def bounds(period: Period) -> dict[str, Any]:
    """Its days, and its moments in UTC."""
    return {"from": period.first, "to": period.last, "since": period.since, "until": period.until}


def _place(row: Any) -> Place | None:
    """None for what is said elsewhere: what is open is in no bucket, and before the first is the period
    before."""
    if row.previous is None:
        return row.bucket or None
    return "previous" if row.previous else "current"


def _series(cells: Cells, buckets: Sequence[Period], *, times: bool) -> list[dict[str, Any]]:
    # A single bucket is the period itself.
    places: Sequence[Place] = range(1, len(buckets) + 1) if len(buckets) > 1 else ["current"]
    return [
        {**bounds(bucket), **_figures(cells.get(place, NOTHING), times=times)}
        for place, bucket in zip(places, buckets, strict=True)
    ]


def _figures(row: Row, *, times: bool) -> dict[str, Any]:
    met, breached = row["met"], row["breached"]
    return {
        "met": met,
        "breached": breached,
        "attainment": round(met / (met + breached), 6) if met + breached else None,
        "business_minutes": _minutes(row, "business") if times else None,
        "calendar_minutes": _minutes(row, "calendar") if times else None,
    }


def _minutes(row: Row, of: str) -> dict[str, Any]:
    p50, p90, p95 = row.get(f"{of}_percentiles") or (None, None, None)
    found = {"average": row.get(f"{of}_average"), "p50": p50, "p90": p90, "p95": p95}
    return {
        "count": row.get(f"{of}_count", 0),
        **{name: None if minutes is None else round(minutes, 2) for name, minutes in found.items()},
    }
