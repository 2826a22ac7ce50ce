"""The SQL around logins for reports: see migrations/sql/fn_reporting.sql."""

from sqlalchemy import text

from chalicelib.core.db import Transaction

END_LONG = text("SELECT fn_end_long_reports(make_interval(secs => :seconds))")


def end_long(tx: Transaction, seconds: float) -> int:
    """Ends sessions that hold a transaction for longer; how many."""
    ended: int = tx.connection.execute(END_LONG, {"seconds": seconds}).scalar_one()
    return ended
