"""Shortcodes that no plugin turned into anything: [vc_row css=”…”] and its like."""

from __future__ import annotations

import re

KNOWN = """
    caption gallery playlist audio video embed wp_caption more nextpage sourcecode
    contact-form-7 contact-form gravityform wpforms ninja_form formidable caldera_form
    mailpoet_form mc4wp_form newsletter newsletter_form jetpack_subscription_form rev_slider
    layerslider metaslider smartslider3 huge_it_slider soliloquy envira-gallery ngg nggallery
    slideshow portfolio_slideshow tribe_events wpdm_package download-attachments youtube vimeo
    googlemaps googlemap google_map tweet twitter instagram facebook soundcloud slideshare
    polldaddy poll wp-review wpgmza wpgmap table tablepress product products add_to_cart
    product_category woocommerce_cart woocommerce_checkout woocommerce_my_account
    recent_products amazon aawp asa dropcap pullquote highlight tooltip button buttons column
    columns one_half one_half_last one_third one_third_last two_third two_third_last one_fourth
    one_fourth_last three_fourth three_fourth_last one_fifth clear clearfix divider separator
    spacer hr tab tabs tabgroup toggle toggles accordion accordions row section box icon
    lightbox raw noformat social_share share addtoany addthis jp_relatedposts related_posts ads
    ad adrotate adinserter toc ez-toc no_toc table-of-contents rank_math_toc
""".split()
"""Names that are shortcodes even without attributes, when they stand in a pair or alone."""

ALONE = """
    caption wp_caption gallery playlist contact-form-7 gravityform wpforms mc4wp_form
    newsletter_form nggallery rev_slider tablepress add_to_cart jetpack_subscription_form
    one_half one_half_last one_third one_third_last two_third two_third_last one_fourth
    one_fourth_last three_fourth three_fourth_last clearfix woocommerce_cart
    woocommerce_checkout woocommerce_my_account recent_products jp_relatedposts ez-toc no_toc
    rank_math_toc social_share addtoany adrotate tabgroup pullquote dropcap
""".split()
"""Names that nobody would put into brackets for another reason: cut without a closing half."""

BUILDERS = (
    r"(?:vc|et_pb|fusion|su|av|cs|mk|qode|eltd|edgtf|mkdf|nectar|thrive|tve|wpb|ult|dt|kc|tatsu"
    r"|oxy|bsf|ultimate|dfd|porto|wps|wpv|ppb|pp|sc|trx|x|themify|siteorigin|penci|td_block|tdc?b?)"
    r"_\w+"
)
"""Names of the page builders, by their beginnings."""

_QUOTED = r"""(?:"[^"\]]*"|'[^'\]]*'|[“”„″‟«»][^“”″‟»\]]*[“”″‟»]|[‘’′][^‘’′\]]*[’′‘])"""
"""A value in straight quotes, or in the curly ones that WordPress makes of them."""

_ATTRIBUTE = rf"\s+[\w-]+\s*=\s*(?:{_QUOTED}|[^\s\]\"'“”‘’″′\[]+)"
_QUOTED_ATTRIBUTE = rf"\s+[\w-]+\s*=\s*{_QUOTED}"

ENCODED = re.compile(
    r"\[(vc_raw_html|vc_raw_js)\b[^\]]*\][A-Za-z0-9+/=%\s]*\[/\1\]", re.IGNORECASE
)
"""Raw blocks of a page builder hold base64, which is nobody's text."""

_NAMES = "|".join(sorted(map(re.escape, KNOWN), key=len, reverse=True))
_ALONE = "|".join(sorted(map(re.escape, ALONE), key=len, reverse=True))

SHORTCODE = re.compile(
    rf"""\[(?=/?[a-z])(?:
    /?(?:{BUILDERS})(?:{_ATTRIBUTE})*                    # a page builder's, with or without
    |(?:{_NAMES})(?:{_ATTRIBUTE})+                       # a known one with attributes
    |[a-z][\w-]*{_QUOTED_ATTRIBUTE}(?:{_ATTRIBUTE})*     # an unknown one, with a quoted value
    |/?(?:{_ALONE})
    |/(?:{_NAMES})                                       # the closing half of a known one
    )\s*/?\]""",
    re.VERBOSE | re.IGNORECASE,
)

OPENING = re.compile(rf"\[(?P<name>{_NAMES})\s*\](?=.*?\[/(?P=name)\s*\])", re.I | re.S)
"""The opening half of a known one, if the same text has the closing one."""


def find_shortcodes(text: str) -> list[tuple[int, int]]:
    """Return where in *text* shortcodes stand, in order and apart.

    >>> text = "[vc_row]Words [sic] and [1] stay[/vc_row], [gallery ids=”1,2”] goes"
    >>> [text[start:end] for start, end in find_shortcodes(text)]
    ['[vc_row]', '[/vc_row]', '[gallery ids=”1,2”]']
    """
    found = [match.span() for match in ENCODED.finditer(text)]
    for pattern in (SHORTCODE, OPENING):
        if pattern is OPENING and "[/" not in text:
            break
        found += [match.span() for match in pattern.finditer(text)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart
