"""What ends mails about watched tickets, as it comes in."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.common import In


class UnsubscribeQuery(In):
    token: Annotated[str, StringConstraints(max_length=200)] = ""


class UnsubscribeIn(In):
    """`scope`: the link's ticket, or all that one watches. `List-Unsubscribe` is what mail programs send
    (RFC 8058), and means what the link is for."""

    scope: Literal["ticket", "all"] | None = None
    one_click: Literal["One-Click"] | None = Field(default=None, alias="List-Unsubscribe")
