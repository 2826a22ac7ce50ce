"""What API Gateway does by itself and Chalice does not declare: 405 for a known path's other methods, how
many requests a second get through, and what is logged of them.

Source: AWS CloudFormation Template Reference, "AWS::ApiGateway::Stage MethodSetting" (slashes are `~1`); API
Gateway Developer Guide, "Variables for access logging".
"""

import json
from typing import Any

from chalicelib.api.access import PUBLIC, ROUTES
from chalicelib.api.cors import FOR_BROWSERS

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")

# The route and never the address, in which ids and whatever somebody mistyped stand. No query, no header.
LOGGED = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "milliseconds_of_the_function": "$context.integrationLatency",
    "refused_as": "$context.error.responseType",
    "firewall": "$context.waf.status",
    "principal": "$context.authorizer.principalId",
    "address": "$context.identity.sourceIp",
}


def guard(template: dict[str, Any]) -> None:
    """Says how much gets through, less of what people without an account send, and what is logged."""
    public = [path for (method, path), need in ROUTES.items() if need == PUBLIC and method == "POST"]
    api = template["Resources"]["RestAPI"]
    api["Properties"]["MethodSettings"] = [
        _let_through("/*", "*", "RequestRate", "RequestBurst"),
        *(_let_through(path, "POST", "PublicRequestRate", "PublicRequestBurst") for path in sorted(public)),
    ]
    log = {
        "DestinationArn": {"Fn::GetAtt": ["AccessLogs", "Arn"]},
        "Format": json.dumps(LOGGED, separators=(",", ":")),
    }
    api["Properties"]["AccessLogSetting"] = {"Fn::If": ["AccessIsLogged", log, {"Ref": "AWS::NoValue"}]}
    api["DependsOn"] = ["GatewayAccount"]


def _let_through(path: str, method: str, rate: str, burst: str) -> dict[str, Any]:
    return {
        "ResourcePath": path if path == "/*" else "/" + path.replace("/", "~1"),
        "HttpMethod": method,
        "ThrottlingRateLimit": {"Ref": rate},
        "ThrottlingBurstLimit": {"Ref": burst},
    }


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
