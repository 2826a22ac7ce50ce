"""The schema as the models say it: `metadata` with every table, whichever area of models it is in."""

import importlib
import pkgutil

from chalicelib import models
from chalicelib.models.base import metadata

for module in pkgutil.iter_modules(models.__path__):
    importlib.import_module(f"{models.__name__}.{module.name}")

__all__ = ["metadata"]
