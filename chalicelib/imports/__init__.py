"""Tickets from other desks."""
