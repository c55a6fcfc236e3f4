"""One run in a process of its own: ``python -m tests.state.publisher STATE SITE LAST [die]``.

It delivers texts 0 to LAST of a site to the dataset "news", writes what it delivered and what it
left out to standard output as JSON, and publishes; with "die" it is killed in the step in which
files get their names. Between the lines "ready" and "go" it waits, so that several run at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from crawler.dedupe.parameters import DEFAULTS
from crawler.state.database import open_state
from crawler.state.dedupe_index import DedupeIndex
from tests.state.texts import print_of


def main(path: str, site: str, last: str, *how: str) -> None:
    index = DedupeIndex(open_state(Path(path), now=datetime.now(UTC)), "news", DEFAULTS)
    print("ready", flush=True)
    sys.stdin.readline()
    delivered, dropped = {}, {}
    for number in range(int(last)):
        record_id = f"{site}#{number}"
        place = index.look_up(record_id, print_of(number))
        if place.match is not None:
            dropped[record_id] = place.match.record_id
        else:
            delivered[record_id] = number
            index.add(place)
    with index.publishing():
        print(json.dumps([delivered, dropped]), flush=True)
        if how == ("die",):
            os.kill(os.getpid(), signal.SIGKILL)
    index.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
