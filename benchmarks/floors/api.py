"""A bare API of one route: Chalice, pydantic, SQLAlchemy over pg8000, one ticket; the credentials in its
environment, and nobody asked who they are."""

import json
import os
from datetime import datetime
from typing import Any
from uuid import UUID

import pg8000.dbapi
from chalice import Chalice, Response
from pydantic import BaseModel
from sqlalchemy import create_engine, text

app = Chalice(app_name="floor")
engine = create_engine(
    "postgresql+pg8000://", creator=lambda: pg8000.dbapi.connect(**json.loads(os.environ["FLOOR_DATABASE"]))
)
STATEMENT = text(
    "SELECT t.id, t.label, t.subject, t.description, t.status, t.priority, t.created_at, t.due_at "
    "FROM tickets t, set_config('app.workspace_id', :workspace, true) WHERE t.id = :id"
)


class Ticket(BaseModel):
    id: UUID
    label: str
    subject: str
    description: str
    status: str
    priority: str
    created_at: datetime
    due_at: datetime | None


@app.route("/v1/tickets/{ticket_id}", methods=["GET"])
def ticket(ticket_id: str) -> Response:
    workspace = app.current_request.context["authorizer"]["workspace_id"]
    with engine.begin() as connection:
        row: Any = connection.execute(STATEMENT, {"id": ticket_id, "workspace": workspace}).one()
    body = Ticket.model_validate(row._asdict()).model_dump_json()
    return Response(body=body, headers={"Content-Type": "application/json"})
