"""Every stats key of our own, with one line of meaning.

Keys are an interface: ``<package>/<what>_count[/<kind>]``, kinds from closed sets.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from crawler.wordpress.harvest import Harvest

KEYS = {
    "clean/body_count": "bodies of documents that were cleaned",
    "clean/cut_count/{rule}": "characters that a rule cut from bodies",
    "clean/item_count": "items that went through the clean pipeline",
    "clean/limit_count/{limit}": "bodies that met a limit of the cleaner",
    "dedupe/compared_count": "documents whose text was compared with the dataset's",
    "dedupe/dropped_count/{kind}": "copies left out, exact or near; duplicates.jsonl names them",
    "dedupe/marked_count/{kind}": "copies delivered that say of what they are one, exact or near",
    "dedupe/uncompared_count/{reason}": "documents not compared: short, empty or protected",
    "dedupe/unfinished_count": "of those marked, copies of what another run delivers meanwhile",
    "feeds/left_out_count/{what}": "values for which the CSV has no column",
    "feeds/record_count/{format}": "rows written, by format",
    "feeds/replaced_surrogate_count/{format}": "lone surrogates that were written as U+FFFD",
    "middlewares/address_refused_count/{kind}": "addresses of a name that were not connected to",
    "middlewares/opt_out_signal_count": "words of the site about the use of its texts",
    "middlewares/origin_refused_count/{kind}": "requests and redirects off the site, by why",
    "middlewares/pause_count/{kind}": "pauses for the whole site, by why",
    "wordpress/blocked_count/{firewall}": "responses of a firewall in the site's place",
    "wordpress/collection_count/{verdict}": "collections, by their verdict",
    "wordpress/compared_count/{how}": "records that came: new, changed or unchanged since then",
    "wordpress/hidden_count": "records that the site counts and shows to nobody",
    "wordpress/lost_count": "records that exist and could not be had; run.json names them",
    "wordpress/page_count": "requests to collections that were answered or failed",
    "wordpress/record_count/{kind}": "records that came, by kind; copies that are left out too",
    "wordpress/record_oddity_count/{oddity}": "values that were not as WordPress sends them",
    "wordpress/rest_error_count/{code}": "errors of the REST API, by known code, or other",
    "wordpress/salvaged_count/{mend}": "pages that were no JSON as they stood, by what was done",
    "wordpress/tombstone_count/{reason}": "records that are gone, withdrawn or forgotten",
    "wordpress/unknown_field_count": "names of fields that nobody maps; they are in extra",
}
"""A key with a kind has it in braces."""


def count_harvest(harvest: Harvest) -> dict[str, Any]:
    """Count what a harvest did; keys of nothing are left out."""
    counts: Counter[str] = Counter()
    for progress in harvest.progress:
        counts["wordpress/page_count"] += progress.requests
        counts["wordpress/unknown_field_count"] += len(progress.reader.unmapped)
        for code, number in progress.errors.items():
            counts[f"wordpress/rest_error_count/{code}"] += number
        for mend, number in progress.mends.items():
            counts[f"wordpress/salvaged_count/{mend}"] += number
        for oddity, number in progress.oddities.items():
            counts[f"wordpress/record_oddity_count/{oddity.partition('/')[0]}"] += number
        compared = progress.walk.counts
        for how in ("new", "changed"):
            counts[f"wordpress/compared_count/{how}"] += compared[how]
        counts["wordpress/compared_count/unchanged"] += compared["unchanged"] + compared["same"]
        for reason, number in progress.tombstones.items():
            counts[f"wordpress/tombstone_count/{reason}"] += number
        outcome = progress.outcome
        if outcome is not None:
            kind = progress.collection.kind
            counts[f"wordpress/record_count/{kind}"] += outcome.delivered
            counts[f"wordpress/collection_count/{outcome.verdict}"] += 1
            counts["wordpress/hidden_count"] += outcome.hidden or 0
            counts["wordpress/lost_count"] += sum(lost.count or 0 for lost in outcome.lost)
    for firewall, number in harvest.firewalls.items():
        counts[f"wordpress/blocked_count/{firewall.lower().replace(' ', '_')}"] += number
    return {key: number for key, number in sorted(counts.items()) if number}
