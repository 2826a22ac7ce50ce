"""Metrics in CloudWatch's embedded format: a line on standard output, no call over the network.

Format:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import sys
import time
from collections.abc import Sequence
from typing import Literal

NAMESPACE = "Mesa"
Unit = Literal["Count", "Milliseconds", "Seconds"]
# What the format allows of values of one metric in a line.
MOST_VALUES = 100


def emit(values: dict[str, tuple[float | Sequence[float], Unit]], **dimensions: str) -> None:
    """Writes named values with their units, under one set of dimensions (few values each: they are billed
    apart). A metric may have several values, at least one; those past MOST_VALUES are left out."""
    entry = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [sorted(dimensions)],
                    "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in values.items()],
                }
            ],
        },
        **dimensions,
        **{
            name: list(value[:MOST_VALUES]) if isinstance(value, Sequence) else value
            for name, (value, _) in values.items()
        },
    }
    sys.stdout.write(json.dumps(entry) + "\n")
