"""The inner loops of the cleaner: compiled, or in Python where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # both have the types of those in Python
    from crawler.clean.markdown import may_open_entity
    from crawler.clean.outline import is_awkward
    from crawler.clean.parts import Parts
    from crawler.clean.start_tags import StartTags
    from crawler.clean.text import text_of
    from crawler.clean.tidy import has_empty_paragraph
else:  # pragma: no cover - it depends on the machine
    try:
        from crawler.compiled.parts import Parts, StartTags, is_awkward
        from crawler.compiled.text import has_empty_paragraph, may_open_entity, text_of
    except ImportError:
        from crawler.clean.markdown import may_open_entity
        from crawler.clean.outline import is_awkward
        from crawler.clean.parts import Parts
        from crawler.clean.start_tags import StartTags
        from crawler.clean.text import text_of
        from crawler.clean.tidy import has_empty_paragraph

__all__ = [
    "Parts",
    "StartTags",
    "has_empty_paragraph",
    "is_awkward",
    "may_open_entity",
    "text_of",
]
