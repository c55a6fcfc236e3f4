"""presscrawl: WordPress sites over their REST API, as clean, deduplicated, provably complete data.

request -> page -> record -> item -> clean item -> deduplicated item -> feed
"""

__version__ = "0.1.0"
