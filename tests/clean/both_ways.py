"""The two ways through the cleaner, for tests that hold one against the other."""

from __future__ import annotations

import pytest

from crawler.clean import body
from crawler.clean.body import CleanBody, clean_body
from crawler.clean.intact import Intact, outputs_of
from crawler.clean.start_tags import Unsure
from tests.clean.cleaning import BASE

FIELDS = tuple(CleanBody.__dataclass_fields__)


def intact(html: str, base_url: str = BASE, emails: str = "keep") -> Intact | None:
    """Give what ``read_intact`` gives, but let every error but Unsure through."""
    try:
        html.encode()
        return outputs_of(html, base_url, emails)
    except (Unsure, UnicodeEncodeError):
        return None


def thorough(html: str, **given) -> CleanBody:
    """Clean *html* with all the rules, whether they have anything to do or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "read_intact", lambda *_: None)
        return clean_body(html, **given)


def is_intact(html: str, base_url: str = BASE, emails: str = "keep") -> bool:
    """Tell whether *html* is read as intact; assert that then both ways give the same."""
    if intact(html, base_url, emails) is None:
        return False
    given = {"base_url": base_url, "emails": emails}
    quick, slow = clean_body(html, **given), thorough(html, **given)
    different = [name for name in FIELDS if getattr(quick, name) != getattr(slow, name)]
    assert different == [], html
    return True
