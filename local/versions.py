"""Functions run as published versions, behind an alias that a deployment moves once it is done with them.

A function is replaced in two steps, its code and its settings; whoever called it in between would get new
code with old settings. Versions are published after both, and after the migration, which functions depend on.

Source: AWS SAM Developer Guide, "AWS::Serverless::Function", AutoPublishAlias; AWS CloudFormation Template
Reference, "AWS::Lambda::Version": a new Description is a new version.
"""

import json
from typing import Any

ALIAS = "live"
FUNCTION, PERMISSION = "AWS::Serverless::Function", "AWS::Lambda::Permission"
REVISION = {
    "Type": "String",
    "Default": "1",
    "AllowedPattern": "[A-Za-z0-9-]{1,64}",
    "Description": "Differs whenever another parameter does, for what runs has the parameters that it was "
    "published with. `make deploy` says it by itself.",
}
# Lambda publishes nothing where nothing has changed, so the function must say it as well as its version.
DESCRIPTION = {"Fn::Sub": "Mesa, ${Revision}"}


def publish(template: dict[str, Any]) -> None:
    """Adds versions and aliases, and sends to those what comes by API Gateway; SAM sends what queues and
    clocks bring.
    """
    resources = template["Resources"]
    functions = {name: each for name, each in resources.items() if each["Type"] == FUNCTION}
    by_name = _called_by_name(resources, functions)
    names = [name for name in functions if name not in by_name]
    template["Parameters"]["Revision"] = REVISION
    for name in names:
        # Old versions go: the code of releases is kept by their bucket, and Lambda keeps 75 GB of all code.
        resources[name]["DeletionPolicy"] = "Delete"
        resources[name]["Properties"] |= {
            "AutoPublishAlias": ALIAS,
            "AutoPublishAliasAllProperties": True,
            "Description": DESCRIPTION,
            "VersionDescription": DESCRIPTION,
        }
    _send_api_gateway(resources, names)


def alias(name: str) -> str:
    """What SAM calls the alias of a function; its Ref is its ARN."""
    return f"{name}Alias{ALIAS}"


def _send_api_gateway(resources: dict[str, Any], names: list[str]) -> None:
    api = resources["RestAPI"]["Properties"]
    body = json.dumps(api["DefinitionBody"])
    for name in names:
        body = body.replace(f"${{{name}.Arn}}/invocations", f"${{{alias(name)}}}/invocations")
    api["DefinitionBody"] = json.loads(body)
    for each in resources.values():
        if each["Type"] == PERMISSION and each["Properties"]["Principal"] == "apigateway.amazonaws.com":
            target = each["Properties"]["FunctionName"]
            name = target.get("Ref") or target["Fn::GetAtt"][0]
            if name in names:
                each["Properties"]["FunctionName"] = {"Ref": alias(name)}


def _called_by_name(resources: dict[str, Any], functions: dict[str, Any]) -> set[str]:
    """Those that are always the newest: what CloudFormation calls has to be, before anything is live, and
    what other functions call by its name works for the release before as well.
    """
    callers = [each for each in resources.values() if each["Type"].startswith("Custom::")]
    told = [each["Properties"].get("Environment", {}) for each in functions.values()]
    words = json.dumps([callers, told])
    return {name for name in functions if f'"{name}"' in words}
