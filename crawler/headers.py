"""The headers of a response as the pure packages take them."""

from __future__ import annotations

from scrapy.http import Response


def header_pairs(response: Response) -> list[tuple[str, str]]:
    """List the headers of a response, a name as often as it came.

    >>> header_pairs(Response("https://example.org", headers={"Link": ["<a>", "<b>"]}))
    [('Link', '<a>'), ('Link', '<b>')]
    """
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
