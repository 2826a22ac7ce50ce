"""A bare function of a queue or a schedule: Chalice, SQLAlchemy over pg8000, one SELECT; the credentials in
its environment."""

import json
import os
from typing import Any

import pg8000.dbapi
from chalice import Chalice
from sqlalchemy import create_engine, text

app = Chalice(app_name="floor")
engine = create_engine(
    "postgresql+pg8000://", creator=lambda: pg8000.dbapi.connect(**json.loads(os.environ["FLOOR_DATABASE"]))
)


@app.lambda_function(name="floor")
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    with engine.begin() as connection:
        return {"found": connection.execute(text("SELECT 1")).scalar_one()}
