"""Files of rows that somebody took out of a workspace: what the jobs are called that make them, and where
they are. What erases people knows no more of them."""

from uuid import UUID

KIND = "export"


def folder(workspace_id: UUID) -> str:
    """Where all of a workspace's files of rows are."""
    return f"exports/{workspace_id}/"
