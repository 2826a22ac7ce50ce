"""The tests, as a package."""

import os

if os.environ.pop("MESA_TESTS_COVERING", None):
    import tests.support.covering  # noqa: F401 - before what it measures is imported
