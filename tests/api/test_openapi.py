"""The API's document: valid, whole, true to the route table, and the judge of every answer of the tests."""

import copy
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import TypeAdapter
from typing_extensions import is_typeddict

from app import app
from chalicelib.api import access, openapi, schemas
from chalicelib.api.endpoint import NoBody
from chalicelib.api.openapi_words import TAGS
from chalicelib.api.problem_document import STATUS
from tests.support.api import Api
from tests.support.cast import Cast
from tests.support.contract import Contract, contract, is_utc
from tests.support.for_each import for_each

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(openapi.text("https://desk.example/api"))


def schema_modules() -> list[Any]:
    names = [found.name for found in pkgutil.iter_modules(schemas.__path__)]
    return [importlib.import_module(f"{schemas.__name__}.{name}") for name in names]


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


class TestDocument:
    def test_it_is_valid_openapi(self, document: dict[str, Any]) -> None:
        assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []

    def test_it_holds_every_route_of_the_app_and_no_other(self, document: dict[str, Any]) -> None:
        routes = {(method, path) for path, methods in app.routes.items() for method in methods}

        assert set(operations(document)) == routes

    def test_it_says_who_may_call_what(self, document: dict[str, Any]) -> None:
        for (method, path), operation in operations(document).items():
            if access.is_public(method, path):
                assert (operation["x-mesa-roles"], operation["security"]) == ("public", [])
            else:
                assert set(operation["x-mesa-roles"]) == access.roles_for(method, path)
                assert operation["security"] == [{"bearer": []}]

    def test_no_field_of_an_answer_hides_behind_a_default(self) -> None:
        """A TypedDict takes a value beside a field and forgets it: what may be absent is NotRequired."""
        shapes = [getattr(module, name) for module in schema_modules() for name in vars(module)]
        answers = {shape for shape in shapes if is_typeddict(shape)}
        hidden = [(s.__name__, f) for s in answers for f in s.__annotations__ if f in vars(s)]

        assert len(answers) > 100
        assert hidden == []

    def test_operations_have_names_of_their_own(self, document: dict[str, Any]) -> None:
        names = [operation["operationId"] for operation in operations(document).values()]

        assert len(names) == len(set(names))

    def test_every_tag_is_told_of(self, document: dict[str, Any]) -> None:
        used = {tag for operation in operations(document).values() for tag in operation["tags"]}

        assert {tag["name"] for tag in document["tags"]} == used <= TAGS.keys()

    def test_every_body_has_an_example(self, document: dict[str, Any]) -> None:
        without = {
            route
            for route, operation in operations(document).items()
            if any(
                "example" not in media
                for media in operation.get("requestBody", {"content": {}})["content"].values()
            )
        }
        assert without == set()

    @for_each("endpoint", openapi.endpoints(), lambda each: f"{each.method} {each.path}")
    def test_examples_fit_their_shapes(self, endpoint: Any) -> None:
        if "body" in endpoint.examples:
            assert endpoint.body is not NoBody
            assert endpoint.body.model_validate_json(json.dumps(endpoint.examples["body"]), strict=True)
        if "answer" in endpoint.examples:
            assert TypeAdapter(endpoint.answer).validate_python(endpoint.examples["answer"])

    def test_the_server_is_where_people_reach_the_api(self, document: dict[str, Any]) -> None:
        assert document["servers"] == [{"url": "https://desk.example/api"}]

    def test_every_refusal_names_its_codes(self, document: dict[str, Any]) -> None:
        told = {}
        for status, response in document["components"]["responses"].items():
            own = response["content"]["application/problem+json"]["schema"]
            told |= dict.fromkeys(own["properties"]["code"]["enum"], int(status))

        # API Gateway answers other methods itself, on every path.
        assert told | {"METHOD_NOT_ALLOWED": 405} == STATUS

    def test_a_ticket_is_changed_with_its_version_and_opened_with_a_key(
        self, document: dict[str, Any]
    ) -> None:
        def parameters(method: str, path: str) -> set[str]:
            listed = operations(document)[method, path]["parameters"]
            return {each.get("$ref", each.get("name", "")).rpartition("/")[2] for each in listed}

        assert parameters("PATCH", "/v1/tickets/{ticket_id}") == {"ticket_id", "RequiredIfMatch"}
        assert parameters("POST", "/v1/tickets/{ticket_id}/assign") == {
            "ticket_id",
            "IfMatch",
            "IdempotencyKey",
        }
        assert parameters("POST", "/v1/tickets") == {"IdempotencyKey"}
        assert parameters("POST", "/v1/auth/login") == set()
        assert {"428", "412"} <= operations(document)["PATCH", "/v1/tickets/{ticket_id}"]["responses"].keys()

    def test_a_parameter_is_never_null(self, document: dict[str, Any]) -> None:
        listed = [
            parameter for operation in operations(document).values() for parameter in operation["parameters"]
        ]

        assert [parameter for parameter in listed if '"null"' in json.dumps(parameter)] == []


class TestServing:
    def test_it_is_served_with_the_address_of_the_stage(self, api: Api) -> None:
        reply = api.get("/v1/openapi.json")

        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json"
        assert reply.json["servers"] == [{"url": os.environ["MESA_PUBLIC_URL"]}]

    def test_the_app_starts_without_making_it(self) -> None:
        program = "import sys, app; print('chalicelib.api.openapi' in sys.modules)"
        started = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True, timeout=60
        )
        assert started.stdout.strip() == "False"


@pytest.fixture
def shown(api: Api, cast: Cast) -> tuple[dict[str, str], dict[str, Any]]:
    """The header fields and body of a ticket's answer."""
    reply = api.with_token(cast.carol.token).post("/v1/tickets", {"subject": "VPN", "description": "Down."})
    return reply.headers, reply.json


class TestJudge:
    """That the test client would notice an answer that is not as the document says."""

    ROUTE = ("POST", "/v1/tickets")

    def judge(self, headers: dict[str, str], body: Any, status: int = 201) -> None:
        contract().check(*self.ROUTE, status, headers, body if isinstance(body, str) else json.dumps(body))

    def test_what_the_app_answers_passes(self, shown: tuple[dict[str, str], dict[str, Any]]) -> None:
        self.judge(*shown)

    @for_each(
        "name, value",
        [
            ("unheard_of", 1),
            ("number", "7"),
            ("status", "OPEN"),
            ("id", "42"),
            ("created_at", "2026-06-05T15:00:00+00:00"),
            ("created_at", "2026-06-05 15:00:00Z"),
            ("updated_at", None),
            ("requester", {"id": "42"}),
            ("tags", [1]),
        ],
    )
    def test_a_field_of_another_shape_is_noticed(
        self, shown: tuple[dict[str, str], dict[str, Any]], name: str, value: Any
    ) -> None:
        headers, body = shown
        with pytest.raises(AssertionError, match="another shape"):
            self.judge(headers, {**body, name: value})

    def test_a_missing_field_is_noticed(self, shown: tuple[dict[str, str], dict[str, Any]]) -> None:
        headers, body = shown
        del body["version"]
        with pytest.raises(AssertionError, match="version"):
            self.judge(headers, body)

    @pytest.mark.parametrize("name", ["etag", "x-request-id"])
    def test_a_missing_header_is_noticed(
        self, shown: tuple[dict[str, str], dict[str, Any]], name: str
    ) -> None:
        headers, body = shown
        with pytest.raises(AssertionError, match="without"):
            self.judge({key: value for key, value in headers.items() if key != name}, body)

    def test_an_unknown_status_is_noticed(self, shown: tuple[dict[str, str], dict[str, Any]]) -> None:
        headers, body = shown
        with pytest.raises(AssertionError, match="does not know"):
            self.judge(headers, body, 202)

    def test_a_problem_under_another_status_is_noticed(self, api: Api, cast: Cast) -> None:
        reply = api.with_token(cast.carol.token).post("/v1/tickets", {})
        with pytest.raises(AssertionError, match="another shape"):
            self.judge(reply.headers, reply.text, 409)

    def test_a_plain_error_is_noticed(self, shown: tuple[dict[str, str], dict[str, Any]]) -> None:
        headers, _ = shown
        with pytest.raises(AssertionError, match="the document says application/problem"):
            self.judge(headers, {"Code": "BadRequestError"}, 422)

    def test_a_time_in_a_free_field_is_noticed(self, shown: tuple[dict[str, str], dict[str, Any]]) -> None:
        schema = {"type": "object"}
        loose = Contract({"paths": {}, "components": {}})
        with pytest.raises(AssertionError, match=r"not UTC with Z: \['\$\.changes\.due_at\[0\]'\]"):
            loose._check_body("told", schema, {"changes": {"due_at": ["2026-06-05T15:00:00+00:00"]}})

    def test_a_route_that_is_not_documented_is_noticed(self) -> None:
        document = copy.deepcopy(dict(contract().document))
        del document["paths"]["/health"]
        with pytest.raises(AssertionError, match="not in the document"):
            Contract(document).check("GET", "/health", 200, {}, "{}")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-06-05T15:00:00Z", True),
            ("2026-06-05T15:00:00.123456Z", True),
            ("2026-06-05T15:00:00", False),
            ("Z", False),
        ],
    )
    def test_times_are_utc_with_z(self, text: str, expected: bool) -> None:
        assert is_utc(text) is expected
