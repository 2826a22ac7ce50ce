"""A bare function that calls a server: Chalice and http.client."""

import http.client
import os
from typing import Any
from urllib.parse import urlsplit

from chalice import Chalice

app = Chalice(app_name="floor")


@app.lambda_function(name="floor")
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(os.environ["MESA_INFLUX_URL"]).netloc, timeout=5)
    connection.request("GET", "/")
    return {"status": connection.getresponse().status}
