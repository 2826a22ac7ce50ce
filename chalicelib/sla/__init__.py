"""Service-level agreements: business time, calendars, policies, targets, the sweep."""
