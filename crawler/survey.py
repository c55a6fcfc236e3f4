"""The account of a survey: what a site has, what is closed, what a harvest would take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from crawler import __version__
from crawler.certificate import ExitStatus, describe_api
from crawler.wordpress.census import Census, Count
from crawler.wordpress.effort import Pace, effort, pages
from crawler.wordpress.index import read_index
from crawler.wordpress.languages import languages
from crawler.wordpress.plugins import plugins
from crawler.wordpress.rest_errors import BY_ROBOTS


def describe(
    site: str,
    census: Census,
    *,
    error: str | None,
    surveyed: datetime,
    opt_out: list[dict[str, Any]] | None,
    requests: int,
    pace: Pace,
) -> dict[str, Any]:
    """Write the account of one site, as it stands in a line of JSON.

    *site* is what the user named, *error* why the census did not come to its end,
    *opt_out* the signals about the use of its texts, None where nobody listened.
    """
    harvest = census.harvest
    found, survey = harvest.found, harvest.survey
    index = read_index(found.index) if found is not None and found.index is not None else None
    finished = survey is not None and census.url is None
    return {
        "kind": "survey",
        "site": found.site if found is not None else site,
        "surveyed": surveyed.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "crawler_version": __version__,
        "error": error if error or finished else "stopped",
        "api": describe_api(harvest),
        "languages": list(languages(census.front.body)) if census.front else [],
        "plugins": [asdict(each) for each in plugins(index.namespaces if index else ())],
        "crawl_delay": pace.crawl_delay,
        "opt_out": opt_out,
        "collections": [describe_count(each) for each in census.counts],
        "login_only": list(survey.login_only) if survey else [],
        "machinery": list(survey.machinery) if survey else [],
        "notes": list(survey.notes) if survey else [],
        "harvest": _efforts(census.counts, pace) if finished else None,
        "requests": requests,
    }


def survey_status(account: dict[str, Any] | None) -> ExitStatus:
    """Judge a survey: what is closed is an answer, what failed is none."""
    if account is None or account["error"] == "stopped":
        return ExitStatus.STOPPED
    if account["error"]:
        return ExitStatus.NOTHING
    failed = any(each["state"] == "failed" for each in account["collections"])
    return ExitStatus.PARTIAL if failed else ExitStatus.COMPLETE


def describe_count(count: Count) -> dict[str, Any]:
    """Write what is known of one collection."""
    collection = count.collection
    return {
        "namespace": collection.namespace,
        "rest_base": collection.rest_base,
        "kind": collection.kind,
        "type": collection.type,
        "state": count.state,
        "total": count.total,
        "newest": count.newest,
        "requests": pages(count),
        "forbidden_by_robots": count.reason == BY_ROBOTS,
        "reason": count.reason,
    }


def _efforts(counts: Iterable[Count], pace: Pace) -> dict[str, Any]:
    counts = list(counts)
    documents = [each for each in counts if each.collection.kind == "document"]
    return {
        "seconds_a_request": round(pace.seconds, 3),
        "documents": asdict(effort(documents, pace=pace.seconds, linked=True)),
        "all": asdict(effort(counts, pace=pace.seconds, linked=False)),
    }
