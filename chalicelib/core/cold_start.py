"""A quicker start: imports make much that stays and hardly any garbage, so nobody looks for it meanwhile.

Import this before all else and call `over` after it: that is an eighth of the API's cold start.
"""

import gc

gc.disable()


def over() -> None:
    """From here on garbage is collected, and what is there by now is never looked through again."""
    gc.enable()
    gc.freeze()
