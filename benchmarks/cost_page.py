"""docs/cost.md, out of the last measurement and AWS's prices: `make docs` writes it."""

from collections.abc import Mapping

from benchmarks import cost, needs

HEAD = """\
# What it costs

Computed by `make docs` of what `make bench ONLY=memory` measured last ({measured}) and of the prices in
`benchmarks/prices.json`: {source};
{priced}. Not all of the pages are AWS's own, and {unverified} prices are not verified: compare
them before you rely on this. The formulas are in `benchmarks/cost.py`, where whatever was assumed stands by
name: one request in {writes} writes, each write is one event of which {hearers} functions hear, every other
one mails somebody. It is an estimate: Lambda's processors are not this machine's.

## A million requests

{million}

## A month

What stands whether or not anybody calls, without the database:

{standing}

{months}

The database and the endpoints of the VPC are most of it until millions call. A database that sleeps (Aurora
Serverless v2 down to zero) costs less, and begins its day slower.

## Memory

Lambda gives a share of a processor by the memory: 1,769 MB are one. Each function has the least of {sizes}
MB that holds one and a half times what it ever held, does its largest batch in a third of its time-out, and,
where somebody waits for it, starts within {cold:,.0f} ms and answers within {warm:,.0f} ms of its own work;
a login's bcrypt takes the API {login:,.0f} ms at most.

{functions}

A test holds `.chalice/config.json` to this table. More memory costs more only where a function waits: twice
the memory is half the time of what it works.
"""


def page() -> str:
    measured = needs.recorded()
    million = cost.a_million(measured)
    standing = cost.standing(measured)
    return HEAD.format(
        measured=needs.measured_on(),
        source=cost.PRICES["source"],
        priced=cost.PRICES["date"],
        unverified=str(cost.PRICES).count("not verified"),
        writes=cost.WRITES,
        hearers=len(cost.HEARERS),
        million=_bill(million),
        standing=_bill(standing),
        months=_months(measured),
        sizes=", ".join(f"{size:,}" for size in needs.SIZES),
        cold=needs.COLD_MS,
        warm=needs.WARM_MS,
        login=needs.LOGIN_MS,
        functions=_functions(measured),
    )


def _bill(parts: Mapping[str, float]) -> str:
    rows = [("", "USD"), *((name, f"{dollars:,.2f}") for name, dollars in parts.items())]
    return _table([*rows, ("**all**", f"**{sum(parts.values()):,.2f}**")])


def _months(measured: Mapping[str, needs.Measured]) -> str:
    rows = [("desk", "agents", "requests", "requests, USD", "what stands, USD", "database, USD", "all, USD")]
    for desk in cost.DESKS:
        parts = cost.a_month(desk, measured)
        (_, requests), (_, stands), (database, dollars) = parts.items()
        rows.append(
            (
                desk.name, f"{desk.agents:,}", f"{desk.requests:,}", f"{requests:,.2f}", f"{stands:,.2f}",
                f"{dollars:,.2f}: {database}", f"**{sum(parts.values()):,.2f}**",
            )
        )  # fmt: skip
    return _table(rows)


def _functions(measured: Mapping[str, needs.Measured]) -> str:
    heads = (
        "function",
        "holds, MB",
        "first call, CPU ms",
        "a call, CPU ms",
        "the largest, CPU ms",
        "needs, MB",
        "has, MB",
    )
    rows = [heads]
    for name, it in measured.items():
        rows.append(
            (
                name, f"{it.megabytes:,}", f"{it.cold_processor_ms:,.0f}", f"{it.processor_ms:,.1f}",
                f"{it.large_processor_ms:,.0f}", f"{needs.needed(name, it):,}", f"{needs.configured(name):,}",
            )
        )  # fmt: skip
    return _table(rows)


def _table(rows: list[tuple[str, ...]]) -> str:
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{'---|' * len(rows[0])}", *rest])


if __name__ == "__main__":
    print(page(), end="")
