"""Weakened copies of Mesa, each of which some test must catch: `make mutants`."""
