"""What a column of a CSV file can say of a ticket."""

from enum import StrEnum

CUSTOM = "custom_fields."


class Fact(StrEnum):
    """What a column can hold; custom fields beside: `custom_fields.<key>`."""

    EXTERNAL_ID = "external_id"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    STATUS = "status"
    PRIORITY = "priority"
    TYPE = "type"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    TAGS = "tags"
    REQUESTER_EMAIL = "requester_email"
    REQUESTER_NAME = "requester_name"
    ASSIGNEE_EMAIL = "assignee_email"
    TEAM = "team"
    SOURCE = "source"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    RESOLVED_AT = "resolved_at"
    CLOSED_AT = "closed_at"
    REPLY = "reply"
    NOTE = "note"
    RATING = "rating"
    RATING_COMMENT = "rating_comment"
