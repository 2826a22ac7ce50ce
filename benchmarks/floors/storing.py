"""A bare function that is told of an object: Chalice, boto3 for the object, SQLAlchemy over pg8000, one
SELECT; the credentials in its environment."""

import json
import os
from typing import Any

import boto3
import pg8000.dbapi
from chalice import Chalice
from sqlalchemy import create_engine, text

app = Chalice(app_name="floor")
engine = create_engine(
    "postgresql+pg8000://", creator=lambda: pg8000.dbapi.connect(**json.loads(os.environ["FLOOR_DATABASE"]))
)


@app.lambda_function(name="floor")
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    (record,) = json.loads(event["Records"][0]["body"])["Records"]
    bucket, key = record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
    content = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with engine.begin() as connection:
        return {"bytes": len(content), "found": connection.execute(text("SELECT 1")).scalar_one()}
