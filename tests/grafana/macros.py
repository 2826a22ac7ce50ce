"""What Grafana makes of a query before it sends it: macros and variables, as its PostgreSQL plug-in has them.

Source: https://grafana.com/docs/grafana/v11.6/datasources/postgres/#macros, and macros.go of the plug-in.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

MACRO = re.compile(r"\$(__[a-zA-Z]+)\(([^)]*)\)")
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Period:
    """The period that is looked at, at the width of some interval."""

    def __init__(self, days: int, interval: str = "1d") -> None:
        self.until = datetime.now(UTC)
        self.since = self.until - timedelta(days=days)
        self.interval = interval

    def expand(self, sql: str, variables: Mapping[str, Sequence[str]]) -> str:
        """The SQL that is sent. Raises ValueError for a macro or a variable that there is not.

        Variables that take several values come as quoted lists.
        """
        values = {name: ",".join(quoted(value) for value in chosen) for name, chosen in variables.items()}
        values["__interval"] = self.interval

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            if name in values:
                return values[name]
            return found[0]  # a macro

        sent = MACRO.sub(self._macro, VARIABLE.sub(value, sql))
        if "$" in sent:
            raise ValueError(f"Grafana knows nothing of what is left in: {sent}")
        return sent

    def _macro(self, found: re.Match[str]) -> str:
        name, given = found[1], [each.strip() for each in found[2].split(",")]
        macros: dict[str, Callable[..., str]] = {
            "__time": lambda column: f'{column} AS "time"',
            "__timeFilter": lambda column: f"{column} BETWEEN {moment(self.since)} AND {moment(self.until)}",
            "__timeFrom": lambda _: moment(self.since),
            "__timeTo": lambda _: moment(self.until),
            "__timeGroup": grouped,
            "__timeGroupAlias": lambda *arguments: f'{grouped(*arguments)} AS "time"',
        }
        if name not in macros:
            raise ValueError(f"There is no macro {name}.")
        return macros[name](*given)


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def moment(at: datetime) -> str:
    return f"'{at:%Y-%m-%dT%H:%M:%S}Z'"


def grouped(column: str, interval: str) -> str:
    number, unit = re.fullmatch(r"'?(\d+)([smhd])'?", interval).groups()  # type: ignore[union-attr]
    seconds = int(number) * UNITS[unit]
    return f"floor(extract(epoch from {column})/{seconds})*{seconds}"
