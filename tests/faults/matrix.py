"""All rows of the fault matrix, in the order of docs/faults.md."""

from __future__ import annotations

from tests.faults import bodies, failures, firewalls, paging, records, robots_and_redirects

ROWS = (
    *failures.ROWS,
    *bodies.ROWS,
    *firewalls.ROWS,
    *paging.ROWS,
    *robots_and_redirects.ROWS,
    *records.ROWS,
)

SETTINGS: dict[str, object] = {}
"""So that what waits for a site to recover waits for a test's site, not a real one."""
