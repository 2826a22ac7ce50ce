"""The API's document, for tools that work from it: `python -m local.openapi_document` prints it."""

from chalicelib.api import openapi
from local.stack import DEFAULT_PORT


def main() -> None:
    import app  # noqa: F401 (what is served is known once it is composed)

    print(openapi.text(f"http://127.0.0.1:{DEFAULT_PORT}/api"))


if __name__ == "__main__":
    main()
