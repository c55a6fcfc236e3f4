"""The settings of the dedupe pipeline, read and refused early."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from scrapy.settings import BaseSettings

from crawler.dedupe.parameters import LEAST_THRESHOLD, Parameters
from crawler.dedupe.policy import Kind, Policies, Policy
from crawler.errors import ArgumentError
from crawler.state.database import read_state_path


@dataclass(frozen=True, slots=True)
class DedupeSettings:
    """What to do about copies, what is one, and where the index is."""

    policies: Policies
    aliases: Policy
    parameters: Parameters
    state_path: Path


def read_settings(settings: BaseSettings) -> DedupeSettings:
    """Read DEDUPE_EXACT and its like, and STATE_PATH. Raises ArgumentError."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    policies = {kind: _policy(f"DEDUPE_{kind.upper()}", settings) for kind in kinds}
    parameters = Parameters.of(
        threshold=read_threshold("DEDUPE_THRESHOLD", settings["DEDUPE_THRESHOLD"]),
        min_words=read_min_words("DEDUPE_MIN_WORDS", settings["DEDUPE_MIN_WORDS"]),
    )
    state_path = read_state_path(settings["STATE_PATH"])
    aliases = _policy("DEDUPE_ALIASES", settings)
    return DedupeSettings(policies, aliases, parameters, state_path)


def read_threshold(name: str, value: Any) -> float:
    """Read from which similarity on two texts are near. Raises ArgumentError."""
    return _number(name, value, LEAST_THRESHOLD, 1)


def read_min_words(name: str, value: Any) -> int:
    """Read how many words a text must have to be compared. Raises ArgumentError."""
    return int(_number(name, value, 1, math.inf))


def _policy(name: str, settings: BaseSettings) -> Policy:
    try:
        return Policy(settings[name])
    except ValueError:
        known = ", ".join(Policy)
        raise ArgumentError(f"{name} must be one of {known}, got {settings[name]!r}") from None


def _number(name: str, value: Any, least: float, most: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if least <= number <= most and number < math.inf:
        return number
    expected = f"{least} or more" if most == math.inf else f"from {least} to {most}"
    raise ArgumentError(f"{name} must be a number, {expected}, got {value!r}")
