"""Which interpreters Lambda takes, and until when: `make deploy` refuses the others.

Source: AWS Lambda Developer Guide, "Lambda runtimes" (SOURCE below), as cfn-lint 1.58.0 carries that page's
tables; read on 21 November 2026. AWS moves these dates, mostly to later ones (Python 3.11 was to end in June
2026): a test holds them to cfn-lint's, so that a newer cfn-lint tells of it.
"""

from datetime import date
from typing import Any, NamedTuple

from local.errors import StackError

SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
READ = date(2026, 11, 21)
# A release lives on its runtime for years: what has the shortest time left is not begun with.
OLDEST = (3, 13)
WARNED_DAYS = 180


class Runtime(NamedTuple):
    """From `deprecated` on there are no security patches; later no new functions, then no changes either."""

    deprecated: date
    no_new_functions: date
    no_changes: date


RUNTIMES = {
    "python3.10": Runtime(date(2026, 10, 31), date(2027, 2, 1), date(2027, 3, 3)),
    "python3.11": Runtime(date(2027, 6, 30), date(2027, 7, 31), date(2027, 8, 31)),
    "python3.12": Runtime(date(2028, 10, 31), date(2028, 11, 30), date(2029, 1, 10)),
    "python3.13": Runtime(date(2029, 6, 30), date(2029, 7, 31), date(2029, 8, 31)),
    "python3.14": Runtime(date(2029, 6, 30), date(2029, 7, 31), date(2029, 8, 31)),
}


def check(template: dict[str, Any], version: tuple[int, int], today: date) -> str:
    """A warning, or nothing; StackError where the interpreter's runtime is not one to deploy."""
    runtime = f"python{version[0]}.{version[1]}"
    _refuse_others(template, runtime)
    if runtime not in RUNTIMES:
        raise StackError(f"Lambda has no {runtime}, as far as is known here. {_instead(today)}")
    ends = RUNTIMES[runtime].deprecated
    if today >= ends:
        raise StackError(
            f"AWS no longer supports {runtime}: security patches ended on {_spoken(ends)}. {_instead(today)}"
        )
    if version < OLDEST:
        raise StackError(
            f"Mesa is deployed with Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {version[0]}."
            f"{version[1]}, which AWS supports until {_spoken(ends)} only. {_instead(today)}"
        )
    left = (ends - today).days
    if left <= WARNED_DAYS:
        return f"AWS supports {runtime} until {_spoken(ends)}, which is {left} days away. {_instead(today)}"
    return ""


def _refuse_others(template: dict[str, Any], runtime: str) -> None:
    functions = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Function"
    ]
    others = {each["Properties"]["Runtime"] for each in functions} - {runtime}
    if others:
        raise StackError(
            f"The package was made for {', '.join(sorted(others))}, and this is {runtime}: libraries are "
            "built for one of them. Package it anew."
        )


def _instead(today: date) -> str:
    supported = [name for name, each in RUNTIMES.items() if today < each.deprecated]
    if not supported:
        return f"The dates known here are of {_spoken(READ)}: see {SOURCE}, and local/runtimes.py."
    newest = supported[-1].removeprefix("python")
    return f"Deploy with another: make clean && make deploy PYTHON=python{newest} (see {SOURCE})."


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
