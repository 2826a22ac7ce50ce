"""The form as browsers send it."""

from chalicelib.api.endpoint import Form
from chalicelib.api.schemas.common import In


class FormQuery(In, extra="ignore"):
    """In which language, and what stands in the form already. What else an address carries is its sender's:
    such as where a campaign counts its visitors."""

    lang: str | None = None
    type: str | None = None
    category: str | None = None
    subject: str | None = None


class TicketForm(Form):
    """A ticket from somebody without an account, as a browser sends it; custom fields as `cf.` and their key.
    `website` stays empty: only machines fill it in."""

    name: str = ""
    email: str = ""
    type: str = ""
    category: str = ""
    subject: str = ""
    description: str = ""
    website: str = ""
    lang: str = ""


class StatusQuery(In, extra="ignore"):
    """In which language, and the number that stands in the form already."""

    lang: str | None = None
    label: str | None = None


class StatusForm(Form):
    """Which request, as a browser sends it."""

    label: str = ""
    email: str = ""
    lang: str = ""
