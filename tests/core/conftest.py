"""Settings of the property tests."""

from hypothesis import HealthCheck, settings

# No deadline: an example's time says more about the machine's other work than about the code.
settings.register_profile("core", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("core")
