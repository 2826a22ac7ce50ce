"""How many random examples a property of the SLA engine is held to: 500, and 20,000 by `make nightly`."""

from hypothesis import HealthCheck, settings

IS_NIGHTLY = settings.get_current_profile_name() == "nightly"
examples = settings(
    max_examples=20_000 if IS_NIGHTLY else 300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
