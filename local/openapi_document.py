"""The API's document, for tools that work from it and as a release keeps it: `python -m
local.openapi_document` prints it."""

import json

from chalicelib.api import openapi
from local.stack import DEFAULT_PORT


def main() -> None:
    import app  # noqa: F401 (what is served is known once it is composed)

    document = json.loads(openapi.text(f"http://127.0.0.1:{DEFAULT_PORT}/api"))
    print(json.dumps(document, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
