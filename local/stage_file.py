"""What a stage is given: a small file without secrets, the environment, keys made once, and questions."""

import getpass
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.errors import StackError
from local.files import PROJECT
from local.keys import new_signing_key, new_webhook_secret

EXAMPLE = "docs/examples/prod.json"
KNOWN = {"region", "account", "stack", "role", "parameters"}
# What stands in for an address that is not known before API Gateway has given it.
NOT_YET = "https://not-yet.invalid/api"
Parameter = dict[str, Any]
Ask = Callable[[str, bool], str]


@dataclass(frozen=True)
class Stage:
    """`role`: ARN of the role that CloudFormation works with; empty for that of who deploys. `parameters`
    holds texts, or None for what goes back to the template's own value.
    """

    name: str
    region: str
    account: str
    stack: str
    parameters: dict[str, str | None]
    role: str = ""


def read_stage(name: str, folder: Path = PROJECT / ".chalice" / "stages") -> Stage:
    """The file of a stage; StackError says what is wrong with it."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", name):
        raise StackError(f"A stage is named in small letters, digits and dashes, not {name!r}.")
    path = folder / f"{name}.json"
    try:
        told = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StackError(f"There is no {_shown(path)}: copy {EXAMPLE} there, and fill it in.") from None
    except ValueError as error:
        raise StackError(f"{_shown(path)} is no JSON: {error}.") from None
    if not isinstance(told, dict) or not isinstance(told.get("parameters", {}), dict):
        raise StackError(f"{_shown(path)} must be an object, and its parameters too: see {EXAMPLE}.")
    if unknown := sorted(told.keys() - KNOWN):
        raise StackError(f"{_shown(path)} says what nobody knows: {', '.join(unknown)}. See {EXAMPLE}.")
    return Stage(
        name=name,
        region=told.get("region", ""),
        account=told.get("account", ""),
        stack=told.get("stack", f"mesa-{name}"),
        parameters={key: _text(key, value, path) for key, value in told.get("parameters", {}).items()},
        role=told.get("role", ""),
    )


def _text(name: str, value: Any, path: Path) -> str | None:
    """As CloudFormation takes it: lists with commas, objects as JSON."""
    match value:
        case None | str():
            return value
        case bool():
            raise StackError(f"{name} in {_shown(path)} is {value}: write the word that the template takes.")
        case int() | float():
            return str(value)
        case list():
            return ",".join(str(each) for each in value)
    return json.dumps(value)


def _shown(path: Path) -> str:
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def parameters(
    stage: Stage,
    declared: Mapping[str, Mapping[str, Any]],
    known: set[str],
    found: Mapping[str, str],
    ask: Ask | None = None,
) -> list[Parameter]:
    """What a change set is given for the template's `declared` parameters.

    `known` are those the stack has already: they stay as they are unless the file or MESA_PARAMETER_<name>
    says otherwise. `found` stands in where nothing else is said at first. Keys are made where there are none
    yet; whatever else is missing is asked for, or refused.
    """
    if unknown := sorted(set(stage.parameters) - set(declared)):
        raise StackError(f"The template has no parameter {', '.join(unknown)}: see docs/deploying.md.")
    made = {**found, **_made(declared, known)}
    missing: list[str] = []
    given: list[Parameter] = []
    for name, about in declared.items():
        value = _said(stage, name, about)
        if value is None and name not in stage.parameters and name in known:
            given.append({"ParameterKey": name, "UsePreviousValue": True})
            continue
        if value is None:
            value = made.get(name)
        if value is None and "Default" in about:
            continue
        if value is None and ask:
            value = ask(f"{name} ({about.get('Description', 'no description')}): ", bool(about.get("NoEcho")))
        if value is None or (value == "" and "Default" not in about):
            missing.append(name)
            continue
        given.append({"ParameterKey": name, "ParameterValue": value})
    if missing:
        raise StackError(_missing(stage, missing, declared))
    return given


def with_revision(
    given: list[Parameter],
    declared: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, str],
    anew: str = "",
) -> list[Parameter]:
    """What differs whenever another parameter does, for functions are published anew by it. `anew`: a word
    that was none before, where they shall be although no parameter differs.
    """
    if "Revision" not in declared:
        return given
    values = {each["ParameterKey"]: each.get("ParameterValue") for each in given}
    told: dict[str, Any] = {}
    for name, about in declared.items():
        if name != "Revision" and not about.get("NoEcho"):
            said = values.get(name) if name in values else about.get("Default")
            told[name] = str(known.get(name) if said is None else said)
    revision = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
    if anew:
        revision = f"{revision}-{anew}"
    elif known.get("Revision", "").startswith(f"{revision}-"):  # nothing has changed since
        revision = known["Revision"]
    others = [each for each in given if each["ParameterKey"] != "Revision"]
    return [*others, {"ParameterKey": "Revision", "ParameterValue": revision}]


def value(stage: Stage, name: str, about: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """What a parameter without a secret will be after the next deployment."""
    said = _said(stage, name, about)
    if said is None and name not in stage.parameters:
        said = known.get(name)
    return str(about.get("Default", "")) if said is None else said


def _said(stage: Stage, name: str, about: Mapping[str, Any]) -> str | None:
    if name == "Stage":
        return stage.name
    if about.get("NoEcho") and stage.parameters.get(name) is not None:
        raise StackError(
            f"{name} is secret: take it out of .chalice/stages/{stage.name}.json, change it wherever it is "
            f"in use, and give it by MESA_PARAMETER_{name} or at the question."
        )
    return os.environ.get(f"MESA_PARAMETER_{name}", stage.parameters.get(name))


def _made(declared: Mapping[str, Any], known: set[str]) -> dict[str, str]:
    """Keys that nobody needs to know: made here, and kept by Secrets Manager alone."""
    made: dict[str, str] = {}
    if "SigningSecretValue" in declared and "SigningSecretValue" not in known:
        key = new_signing_key()
        made["SigningSecretValue"] = json.dumps(key.secret)
        made["TokenPublicKeys"] = json.dumps(key.public_keys)
    if "WebhookSecretValue" in declared and "WebhookSecretValue" not in known:
        made["WebhookSecretValue"] = json.dumps(new_webhook_secret())
    if "PublicUrl" in declared and "PublicUrl" not in known:
        made["PublicUrl"] = NOT_YET
    return made


def _missing(stage: Stage, names: list[str], declared: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [f"  {name}: {declared[name].get('Description', 'no description')}" for name in names]
    return "\n".join(
        [
            f"The stage {stage.name} lacks:",
            *lines,
            f"Write them into .chalice/stages/{stage.name}.json, or secrets into MESA_PARAMETER_<name>.",
        ]
    )


def at_the_terminal() -> Ask | None:
    """Asks whoever sits there, without showing what is secret; None where nobody does."""
    return (
        (lambda words, secret: (getpass.getpass if secret else input)(words)) if sys.stdin.isatty() else None
    )
