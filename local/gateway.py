"""API Gateway's own answers that Chalice does not declare: 405 for a known path's other methods."""

import json
from typing import Any

from chalicelib.api.cors import FOR_BROWSERS

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


def refuse_other_methods(template: dict[str, Any]) -> None:
    """Adds the ANY method, which takes what no other method of a path does, answered by API Gateway itself.

    Without it, API Gateway calls an unknown method of a known path an unknown path.
    """
    for path in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        allowed = [method.upper() for method in METHODS if method in path]
        path["x-amazon-apigateway-any-method"] = _method_not_allowed(", ".join(allowed))


def _method_not_allowed(allowed: str) -> dict[str, Any]:
    problem = {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": f"This address answers to {allowed}.",
        "code": "METHOD_NOT_ALLOWED",
        "request_id": "$context.requestId",
        "errors": [],
    }
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Allow": allowed,
        "Content-Type": "application/problem+json",
        "Strict-Transport-Security": FOR_BROWSERS["Strict-Transport-Security"],
    }
    declared = {name: {"type": "string"} for name in headers}
    return {
        "security": [],
        "responses": {"405": {"description": "Method Not Allowed", "headers": declared}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_templates",
            "requestTemplates": {"application/json": '{"statusCode": 405}'},
            "responses": {
                "default": {
                    "statusCode": "405",
                    "responseParameters": {
                        f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()
                    },
                    "responseTemplates": {"application/json": json.dumps(problem)},
                }
            },
        },
    }
