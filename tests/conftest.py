"""What holds for all tests."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples each time: what fails, fails for everybody. HYPOTHESIS_PROFILE=explore looks
# for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
