"""The settings of the dedupe pipeline, read and refused early."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from scrapy.settings import BaseSettings

from crawler.dedupe.parameters import Parameters
from crawler.dedupe.policy import Kind, Policies, Policy
from crawler.errors import ArgumentError

LEAST_THRESHOLD = 0.7
"""Of pairs that are less alike, more than one in eight would share no band."""


@dataclass(frozen=True, slots=True)
class DedupeSettings:
    """What to do about copies, what is one, and where the index is."""

    policies: Policies
    parameters: Parameters
    state_path: Path


def read_settings(settings: BaseSettings) -> DedupeSettings:
    """Read DEDUPE_EXACT and its like, and STATE_PATH. Raises ArgumentError."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    policies = {kind: _policy(f"DEDUPE_{kind.upper()}", settings) for kind in kinds}
    parameters = Parameters(
        threshold=_number("DEDUPE_THRESHOLD", settings, LEAST_THRESHOLD, 1),
        min_words=int(_number("DEDUPE_MIN_WORDS", settings, 1, math.inf)),
    )
    if not settings["STATE_PATH"]:
        raise ArgumentError(f"STATE_PATH must be a file, got {settings['STATE_PATH']!r}")
    return DedupeSettings(policies, parameters, Path(settings["STATE_PATH"]).absolute())


def _policy(name: str, settings: BaseSettings) -> Policy:
    try:
        return Policy(settings[name])
    except ValueError:
        known = ", ".join(Policy)
        raise ArgumentError(f"{name} must be one of {known}, got {settings[name]!r}") from None


def _number(name: str, settings: BaseSettings, least: float, most: float) -> float:
    try:
        number = float(settings[name])
    except (TypeError, ValueError):
        number = math.nan
    if least <= number <= most and number < math.inf:
        return number
    expected = f"{least} or more" if most == math.inf else f"from {least} to {most}"
    raise ArgumentError(f"{name} must be a number, {expected}, got {settings[name]!r}")
