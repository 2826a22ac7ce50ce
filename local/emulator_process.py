"""The process of the AWS emulator: MiniStack, taught what API Gateway takes from a template and it does not.

Real AWS and LocalStack need none of this. MiniStack 1.5.33 imports the type and the target of integrations
from an OpenAPI body; here also gateway responses, binary types, mock answers and the ANY method. It fills in
$context.requestId, answers for a failed Lambda through the gateway responses instead of with its stack trace,
and lets a burst of calls wait for a few sandboxes instead of starting one each: a laptop has no more to give.
For the same reason a sandbox begins without unpacking its code anew, and without a client of AWS that it may
not use.
"""

import os
import signal
import sys
import tempfile
import threading
import types
import uuid
import zipfile
from collections import Counter
from typing import Any

import ministack.app
from ministack.core import lambda_runtime
from ministack.services import apigateway_v1 as gateway
from ministack.services import lambda_svc

ANY_METHOD = "x-amazon-apigateway-any-method"
FAILED = b'{"message": "Internal server error"}'
SANDBOXES_PER_FUNCTION = max(4, 2 * (os.cpu_count() or 1))


def import_more_of_the_body() -> None:
    import_api, import_operation = gateway._import_rest_api, gateway._import_operation

    def import_rest_api(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> str:
        binary = spec.get("x-amazon-apigateway-binary-media-types", [])
        api_id: str = import_api(spec, {**(base_data or {}), "binaryMediaTypes": binary})
        for response_type, response in spec.get("x-amazon-apigateway-gateway-responses", {}).items():
            gateway._put_gateway_response(api_id, response_type, response)
        return api_id

    def import_method(api_id: str, resource_id: str, method: str, operation: Any, *security: Any) -> None:
        method = "ANY" if method == ANY_METHOD.upper() else method
        import_operation(api_id, resource_id, method, operation, *security)
        integration = (operation or {}).get("x-amazon-apigateway-integration", {})
        if str(integration.get("type")).lower() == "mock":
            stored = gateway._resources[api_id][resource_id]["resourceMethods"][method]["methodIntegration"]
            stored["requestTemplates"] = integration.get("requestTemplates", {})
            for pattern, response in integration.get("responses", {}).items():
                data = {**response, "selectionPattern": "" if pattern == "default" else pattern}
                gateway._put_integration_response(api_id, resource_id, method, response["statusCode"], data)

    gateway._OPENAPI_HTTP_METHODS.add(ANY_METHOD)
    gateway._import_rest_api = import_rest_api
    gateway._import_operation = import_method


def fill_in_request_ids() -> None:
    mock = gateway._invoke_mock_v1

    def invoke_mock(integration: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = mock(integration)
        return status, headers, body.replace(b"$context.requestId", str(uuid.uuid4()).encode())

    gateway._invoke_mock_v1 = invoke_mock


def hide_failures_of_functions() -> None:
    proxy_response, invoke_proxy = gateway._lambda_proxy_response, gateway._invoke_lambda_proxy_v1

    def lambda_proxy_response(result: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
        if result.get("throttle") or result.get("error"):
            return None, "Internal server error"
        response: tuple[dict[str, Any] | None, str | None] = proxy_response(result)
        return response

    async def invoke_lambda_proxy(*arguments: Any, **options: Any) -> Any:
        answer = await invoke_proxy(*arguments, **options)
        if isinstance(answer, tuple) and (answer[0], answer[2]) == (502, FAILED):
            return gateway._gw_error("DEFAULT_5XX", "Internal server error")
        return answer

    gateway._lambda_proxy_response = lambda_proxy_response
    gateway._invoke_lambda_proxy_v1 = invoke_lambda_proxy


def share_sandboxes() -> None:
    acquire, release = lambda_svc.acquire_worker, lambda_svc.release_worker
    changed = threading.Condition()
    busy: Counter[str] = Counter()
    mine = threading.local()  # a broken sandbox is released as None, but on the thread that acquired it

    def acquire_worker(name: str, *arguments: Any, **options: Any) -> Any:
        # No function of this application calls itself, so none can wait for the sandbox that it runs in.
        with changed:
            changed.wait_for(lambda: busy[name] < SANDBOXES_PER_FUNCTION)
            busy[name] += 1
        mine.name = name
        return acquire(name, *arguments, **options)

    def release_worker(worker: Any) -> None:
        release(worker)
        with changed:
            busy[mine.name] -= 1
            changed.notify_all()

    lambda_svc.acquire_worker, lambda_svc.release_worker = acquire_worker, release_worker


def unpack_once() -> None:
    """Sandboxes share the files of their code, which on Lambda are not to be written either."""
    folders: dict[tuple[tuple[str, int], ...], str] = {}
    unpacking = threading.Lock()

    class Code(zipfile.ZipFile):
        def extractall(self, path: Any = None, *_: Any) -> None:
            content = tuple((each.filename, each.CRC) for each in self.infolist())
            with unpacking:
                if content not in folders:
                    fresh = tempfile.mkdtemp(prefix="ministack-code-")
                    super().extractall(fresh)
                    folders[content] = fresh
            os.rmdir(path)
            os.symlink(folders[content], path)

    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": Code})


def begin_without_a_client() -> None:
    """MiniStack has each sandbox load botocore, to tell when functions call themselves; none does here."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace("    _ms_install_invoke_depth()\n", "")


def end_with_the_starter() -> None:
    """Stops this process once the other end of its standard input is gone, however that came."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="end-with-the-starter").start()


if __name__ == "__main__":
    import_more_of_the_body()
    fill_in_request_ids()
    hide_failures_of_functions()
    share_sandboxes()
    unpack_once()
    begin_without_a_client()
    if "--bound" in sys.argv:
        sys.argv.remove("--bound")
        end_with_the_starter()
    ministack.app.main()
