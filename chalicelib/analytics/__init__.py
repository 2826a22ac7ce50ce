"""Insight: what a desk does, counted for those who run it."""
