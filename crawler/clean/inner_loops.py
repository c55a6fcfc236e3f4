"""The inner loops of the cleaner: compiled, or in Python where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # both have the types of those in Python
    from crawler.clean.markdown import may_open_entity
    from crawler.clean.outline import is_awkward
    from crawler.clean.parts import Parts
    from crawler.clean.text import text_of
else:
    try:
        from crawler.compiled.parts import Parts, is_awkward
        from crawler.compiled.text import may_open_entity, text_of
    except ImportError:
        from crawler.clean.markdown import may_open_entity
        from crawler.clean.outline import is_awkward
        from crawler.clean.parts import Parts
        from crawler.clean.text import text_of

__all__ = ["Parts", "is_awkward", "may_open_entity", "text_of"]
