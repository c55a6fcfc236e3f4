"""The certificate of a run: what was announced, what was delivered, and what is missing."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from crawler import __version__
from crawler.dedupe.aliases import RelationKind
from crawler.errors import ArgumentError, CrawlerError, PublicationError
from crawler.feeds.publication import PublishedFile
from crawler.state.ledger import Concluded
from crawler.wordpress.api_root import Found
from crawler.wordpress.harvest import Harvest
from crawler.wordpress.index import read_index
from crawler.wordpress.linked import Reason
from crawler.wordpress.missing import Lost
from crawler.wordpress.paging import WHOLE, Outcome, Verdict
from crawler.wordpress.progress import Progress, outcome_of
from crawler.wordpress.rel_progress import RelProgress

VERSION = 1
"""Of the layout of run.json."""

LIBRARIES = ("scrapy", "turbohtml", "orjson", "rensa", "numpy")


class ExitStatus(IntEnum):
    """What ``scrapy crawl`` ends with."""

    COMPLETE = 0  # every collection complete, or as limited as was asked for
    NOTHING = 1  # nothing could be harvested
    USAGE = 2  # usage or configuration
    PARTIAL = 3  # published, and the certificate names what is missing
    STOPPED = 4  # nothing published: run it again


FINISH_REASONS = {
    ExitStatus.COMPLETE: "finished",
    ExitStatus.NOTHING: "nothing_harvested",
    ExitStatus.USAGE: "usage",
    ExitStatus.PARTIAL: "partial",
    ExitStatus.STOPPED: "stopped",
}

WORST_LAST = (
    ExitStatus.COMPLETE,
    ExitStatus.PARTIAL,
    ExitStatus.NOTHING,
    ExitStatus.USAGE,
    ExitStatus.STOPPED,
)

UNWELL: tuple[Reason, ...] = ("failed", "blocked")
"""Why a link was not resolved that may be another time."""

WELL = frozenset({Verdict.COMPLETE, Verdict.COMPLETE_VISIBLE, Verdict.LIMITED})


@dataclass(slots=True)
class Losses:
    """Records of one collection that the walk gave and no file holds."""

    dropped: int = 0  # by a pipeline, on purpose
    failed: list[int] = field(default_factory=list)  # ids that a pipeline failed on
    tombstones: int = 0  # of both
    untold: list[int] = field(default_factory=list)  # ids of tombstones that failed


def exit_status(
    harvest: Harvest, error: CrawlerError | None, losses: Mapping[str, Losses]
) -> ExitStatus:
    """Judge a run that was not stopped from outside."""
    if isinstance(error, ArgumentError):
        return ExitStatus.USAGE
    if isinstance(error, PublicationError):
        return ExitStatus.STOPPED
    if error is not None:
        return ExitStatus.NOTHING
    if harvest.is_alias:
        return ExitStatus.COMPLETE  # the dataset has it all
    if harvest.url is not None:
        return ExitStatus.STOPPED  # an error of ours cut it short
    outcomes = [settle(progress, losses) for progress in harvest.progress]
    if all(outcome.verdict in (Verdict.DENIED, Verdict.FAILED) for outcome in outcomes):
        return ExitStatus.NOTHING
    well = not harvest.unread and all(outcome.verdict in WELL for outcome in outcomes)
    rels = rels_of(harvest).values()
    well = well and not any(rel.refused[reason] for rel in rels for reason in UNWELL)
    return ExitStatus.COMPLETE if well else ExitStatus.PARTIAL


def worst(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """Give the worst of several sites' statuses."""
    return max(statuses, key=WORST_LAST.index, default=ExitStatus.COMPLETE)


def rels_of(harvest: Harvest) -> Mapping[str, RelProgress]:
    """Give the account of what documents link to, by rel; empty where nothing was followed."""
    return harvest.resolver.progress if harvest.resolver is not None else {}


def why_nothing(harvest: Harvest) -> str:
    """Say in one line why no collection could be had."""
    refusals = Counter(outcome_of(each).reason or "nothing" for each in harvest.progress)
    counted = ", ".join(f"{reason} ({number})" for reason, number in refusals.most_common(4))
    site = harvest.found.site if harvest.found is not None else ""
    return f"nothing of {site} could be harvested; its collections answered {counted}"


def settle(progress: Progress, losses: Mapping[str, Losses]) -> Outcome:
    """Give the outcome of a collection, less what did not come through."""
    outcome = outcome_of(progress)
    lost = list(outcome.lost)
    own = losses.get(progress.name, Losses())
    for failed in filter(None, (own.failed, own.untold)):
        lost.append(Lost("a pipeline failed", tuple(failed), len(failed)))
    delivered = outcome.delivered - len(own.failed) - own.dropped
    verdict = Verdict.PARTIAL if lost and outcome.verdict in WELL else outcome.verdict
    return Outcome(
        verdict,
        outcome.announced,
        delivered,
        outcome.hidden,
        gone=outcome.gone,
        duplicates=outcome.duplicates,
        lost=tuple(lost),
        reason=outcome.reason,
        notes=(*outcome.notes, *progress.notes),
    )


def conclude(progress: Progress, losses: Mapping[str, Losses]) -> Concluded:
    """Tell the ledger how a collection ended."""
    whole = settle(progress, losses).verdict in WHOLE
    walk = progress.walk
    swept = whole and (bool(walk.swept) or walk.had_all)  # what is unclear is looked for again
    return Concluded(progress.name, progress.fields, whole, swept, progress.learnt)


def versions() -> dict[str, str]:
    """Name what made the run, for whoever wants to repeat it."""
    named = {"presscrawl": __version__, "python": platform.python_version()}
    return {**named, **{name: version(name) for name in LIBRARIES}}


def describe_api(harvest: Harvest) -> dict[str, Any] | None:
    """Tell where the API is and how it was found; None where it was not."""
    found = harvest.found
    if found is None:
        return None
    index = read_index(found.index or {})
    return {
        "root": found.root.url,
        "form": str(found.root.form),
        "how": found.how,
        "index": _how_read(found),
        "name": index.name,
        "timezone_string": index.timezone_string,
        "gmt_offset": index.gmt_offset,
    }


def _how_read(found: Found) -> str:
    if found.index is not None:
        return "read"
    return f"closed ({found.index_denied})" if found.index_denied else "absent"


def notes_of(harvest: Harvest) -> list[str]:
    """Tell what had to be assumed about the site, and what was passed over."""
    notes = list(harvest.survey.notes) if harvest.survey is not None else []
    if harvest.found is not None and harvest.found.passed_over is not None:
        notes.insert(0, f"the site's page names {harvest.found.passed_over}, which lies below")
    return notes


def describe_relation(harvest: Harvest, kind: RelationKind) -> dict[str, Any] | None:
    """Tell of which site of the dataset this one is an alias, or a translation; None: of none."""
    relation = harvest.relation
    if relation is None or relation.kind != kind:
        return None
    return {name: value for name, value in asdict(relation).items() if name != "kind"}


def describe_collection(progress: Progress, losses: Mapping[str, Losses]) -> dict[str, Any]:
    """Write the account of one collection."""
    outcome = settle(progress, losses)
    collection, reader = progress.collection, progress.reader
    return {
        "namespace": collection.namespace,
        "rest_base": collection.rest_base,
        "kind": collection.kind,
        "type": collection.type,
        "learnt": collection.learnt,
        "capabilities": collection.capabilities.basis,
        "verdict": str(outcome.verdict),
        "announced": outcome.announced,
        "delivered": outcome.delivered,
        "hidden": outcome.hidden,
        "denied": outcome.reason if outcome.verdict is Verdict.DENIED else None,
        "duplicates": losses.get(progress.name, Losses()).dropped,
        "gone": outcome.gone,
        "compared": describe_comparison(progress),
        "lost": [asdict(lost) for lost in outcome.lost],
        "reason": outcome.reason,
        "requests": progress.requests,
        "errors": dict(sorted(progress.errors.items())),
        "salvaged": dict(sorted(progress.mends.items())),
        "received_again": outcome.duplicates,
        "notes": list(outcome.notes),
        "fields_asked": progress.fields,
        "unmapped_fields": list(reader.unmapped),
        "ignored_fields": list(reader.ignored),
        "oddities": dict(sorted(progress.oddities.items())),
    }


def describe_comparison(progress: Progress) -> dict[str, Any]:
    """Tell how records stand to what earlier runs published of them."""
    walk = progress.walk
    return {
        "changed_after": walk.since,
        "new": walk.counts["new"],
        "changed": walk.counts["changed"],
        "unchanged": walk.counts["unchanged"] + walk.counts["same"],
        "left_out": walk.counts["unchanged"],
        "swept": walk.swept,
        "tombstones": dict(sorted(progress.tombstones.items())),
        "there_after_all": walk.counts["hiccups"],
        "taken_down": walk.counts["suppressed"],
    }


def describe_links(harvest: Harvest) -> dict[str, Any]:
    """Write what became of the links of documents, by rel."""
    return {
        name: {
            "routes": sorted(rel.routes),
            "asked": rel.asked,
            "resolved": rel.resolved,
            **{reason: rel.refused[reason] for reason in get_args(Reason)},
            "from_record": rel.from_record,
            "requests": rel.requests,
            "unresolved": [asdict(each) for each in rel.unresolved],
        }
        for name, rel in rels_of(harvest).items()
    }


def describe_files(files: Sequence[PublishedFile], folder: Path) -> list[dict[str, Any]]:
    """List the files of a run; those in its folder by their name in it."""
    listed = []
    for file in files:
        path = Path(file.path)
        inside = path.is_relative_to(folder)
        listed.append(
            {
                "path": str(path.relative_to(folder) if inside else path),
                "format": file.format,
                "rows": file.rows,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "offset": file.offset,
            }
        )
    return listed
