"""dlt's rest_api source: all pages of a site's posts, normalised into tables.

    python dlt_rest_api.py URL FOLDER

Its default normalisation: nested lists become tables of their own. Pages come one after the other
by the Link header, dlt's own way for such an API. It cleans nothing. Files are plain JSON Lines
like everybody's here: gzip, its default, takes more than twice the CPU. Everything it writes, its
working files too, lies in FOLDER; it reports to nobody.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(site: str, folder: Path) -> None:
    """Load the posts of *site* into *folder*/posts."""
    for name in ("DLT_DATA_DIR", "DLT_PROJECT_DIR", "HOME"):
        os.environ[name] = str(folder)
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["DATA_WRITER__DISABLE_COMPRESSION"] = "true"
    os.chdir(folder)
    import dlt  # it reads the environment
    from dlt.destinations import filesystem
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source(
        {
            "client": {"base_url": f"{site}/wp-json/wp/v2/", "paginator": "header_link"},
            "resources": [{"name": "posts", "endpoint": {"params": {"per_page": 100}}}],
        }
    )
    pipeline = dlt.pipeline(
        pipeline_name="posts",
        destination=filesystem(bucket_url=folder.as_uri()),
        dataset_name="dataset",
    )
    pipeline.run(source, loader_file_format="jsonl")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve())
