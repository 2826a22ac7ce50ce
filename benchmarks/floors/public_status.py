"""A bare pg8000 function: the same SELECT, with the credentials in its environment."""

import json
import os
from typing import Any

import pg8000.dbapi

STATEMENT = "SELECT * FROM fn_public_ticket_status(%s, %s, %s, %s, %s, %s, %s, %s, %s)"

connection = pg8000.dbapi.connect(**json.loads(os.environ["FLOOR_DATABASE"]))
connection.autocommit = True


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    body = json.loads(event["body"])
    cursor = connection.cursor()
    workspace = event["pathParameters"]["workspace"]
    asked = (workspace, body["label"], body["email"])
    cursor.execute(STATEMENT, (*asked, "floor-address", 1_000_000, 60, "floor-account", 1_000_000, 60))
    ((_, _, _, _, found),) = cursor.fetchall()
    return {"statusCode": 200 if found else 404, "body": found}
