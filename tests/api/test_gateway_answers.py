"""What API Gateway answers by itself has what the document requires of it."""

import json
from pathlib import Path
from typing import Any

from tests.support.contract import contract
from tests.support.for_each import for_each

TEMPLATE = Path(__file__).parents[2] / ".chalice" / "resources" / "api.json"
BODY = json.loads(TEMPLATE.read_text("utf-8"))["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
ANSWERS = BODY["x-amazon-apigateway-gateway-responses"]
# Of a function that never ends: no operation says so, for none can help it.
BESIDE = {"504"}


@for_each("name", [name for name, each in ANSWERS.items() if each["statusCode"] not in BESIDE])
def test_a_refusal_of_the_gateway_has_every_header_field_that_is_required(name: str) -> None:
    document = contract().document
    sent = {each.rpartition(".")[2] for each in ANSWERS[name]["responseParameters"]}

    told = document["components"]["responses"][ANSWERS[name]["statusCode"]]["headers"]
    required = {field for field, header in told.items() if resolved(document, header)["required"]}

    assert required <= sent


def resolved(document: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in header:
        return header
    return document["components"]["headers"][header["$ref"].rpartition("/")[2]]
