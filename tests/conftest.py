"""For all tests: no example of Hypothesis is held to a time, which says more of the machine than of the code."""

from hypothesis import settings

settings.register_profile("retort", deadline=None)
settings.load_profile("retort")
