"""What `make bench` measures: ratios to a floor of the same run, and what can be counted."""
