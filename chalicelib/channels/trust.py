"""Whether a mail may say something on a ticket that it names, and with whose rights. Pure.

A header that names the ticket counts where the sender asked for it, watches it, was a recipient of one of its
mails, or is of the staff. A label in the subject alone, which anybody can guess, counts for the requester
and the staff. Staff speaks for the desk only where the sender is proven and the mail answers one that this
desk has sent to them.
"""

from enum import Enum
from typing import Any


class Standing(Enum):
    """What a sender may do on a ticket."""

    AS_CUSTOMER = "as a customer who sees it"
    AS_COPIED = "as a customer to whom a mail of the ticket was sent"
    AS_STAFF = "as the member of the staff"
    UNPROVEN = "nothing: whoever claims to be staff has to prove it"
    NONE = "nothing"


def standing(named: Any, *, is_staff: bool, authenticated: bool) -> Standing:
    """`named`: a ticket as queries.candidates finds it, with what the sender is to it."""
    if is_staff and authenticated and named.answers_internal is not None:
        return Standing.AS_STAFF
    if named.asks:
        return Standing.AS_CUSTOMER
    if is_staff:
        return Standing.UNPROVEN
    if named.by_label:
        return Standing.NONE
    if named.watches:
        return Standing.AS_CUSTOMER
    return Standing.AS_COPIED if named.was_copied else Standing.NONE
