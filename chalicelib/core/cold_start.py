"""A quicker start: imports make much that stays and hardly any garbage, so nobody looks for it meanwhile.

A module that callers wait for imports this before all else of ours and calls `over` at its end: that is an
eighth of the API's cold start. Where no sandbox of Lambda starts, as in tests, nothing changes.
"""

import gc
import os

# The module whose handler this sandbox runs, from Lambda's own variable; empty anywhere else.
HANDLER_MODULE = os.environ.get("_HANDLER", "").rpartition(".")[0]
CALLING_OVER = ("app", "chalicelib.api.authorizer", "chalicelib.api.public_status", "chalicelib.egress")

if HANDLER_MODULE in CALLING_OVER:
    gc.disable()


def over(module: str) -> None:
    """From here on garbage is collected, and what is there by now is never looked through again."""
    if module == HANDLER_MODULE:
        gc.enable()
        gc.freeze()
