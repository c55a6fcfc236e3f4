"""Which class and id names mark what is not the author's: tables of data, rule by rule."""

from __future__ import annotations

import re
from functools import lru_cache

NAMES: dict[str, str] = {
    "editor_residue": "mce_selres_start mce_selres_end mce_selrest_start mceitemhidden",
    "hidden": "screen-reader-text sr-only visually-hidden elementor-screen-only hide-if-js",
    "share_bar": """
        sharedaddy sd-sharing sd-sharing-enabled sd-social jp-sharing-input-touch
        jetpack-likes-widget-wrapper jp-likes-widget wp-block-jetpack-sharing-buttons
        wp-block-jetpack-like addtoany_share_save_container addtoany_content addtoany_list
        a2a_kit heateor_sss_sharing_container heateor_ss_sharing_container heateorsssclear
        super-socializer addthis_toolbox addthis_inline_share_toolbox addthis_sharing_toolbox
        addthis_button at-above-post at-below-post ssba ssba-wrap ssba-classic-2 ssbp-wrap
        sharethis-inline-share-buttons st-inline-share-buttons shareaholic-canvas
        shareaholic-share-buttons mashsb-container essb_links swp_social_panel
        swp-content-locator nc_socialpanel dpsp-content-wrapper dpsp-share-text
        novashare-buttons scriptlesssocialsharing juiz_sps_links sfsi_responsive_icons
        sfsiaftrpstwpr sfsibeforpstwpr simplesocialbuttons synved-social-container
        wpsr-share-icons wpusb snax-share hupso-share-buttons really_simple_share
        kk-star-ratings kksr-legend post-ratings fb-like fb-share-button fb-send
        twitter-share-button g-plusone pinit-wrapper social-share social-shares social-sharing
        social-share-buttons social-share-bar share-bar share-buttons share-buttons-container
        share-links share-icons sharing-buttons post-share post-sharing post-share-buttons
        entry-share entry-sharing article-share article-share-bar article-sharing blog-share
        td-post-sharing et_social_inline wp-block-social-share wp-block-outermost-social-sharing
        like-button-container
    """,
    "related_posts": """
        jp-relatedposts wp-block-jetpack-related-posts yarpp yarpp-related yarpp-related-website
        related-posts related_posts relatedposts related-post related_post related-articles
        related-content related-stories related-entries related-links related-reading
        crp_related rp4wp-related-posts wp_rp_wrap wp_rp_content similar-posts similar_posts
        relpost-thumb-wrapper srp-widget zem_rp_wrap nrelate nrelate_related linkwithin_div
        outbrain ob-widget ob-smartfeed-wrapper trc_related_container
        taboola-below-article-thumbnails taboola zergnet-widget mgbox mgid-widget upprev_box
        contextly_see_also more-from-category more-posts more-stories recommended-posts
        recommended-articles you-may-also-like you-might-also-like post-navigation nav-links
    """,
    "read_also": """
        irp inline-related inline-related-post inline-related-posts in-article-related read-also
        readalso read_also also-read alsoread also_read read-next readnext read-more-box
        readmore-box jeg_post_inline_related td-related-inline penci-ilrltpost-beaf
        wp-block-read-also lire-aussi leia-tambem lea-tambien baca-juga bacajuga
    """,
    "table_of_contents": """
        ez-toc-container ez-toc-v2_0_11 ez-toc-widget-container toc_container toc_widget lwptoc
        wp-block-rank-math-toc-block wp-block-table-of-contents
        wp-block-yoast-seo-table-of-contents wp-block-simpletoc-toc simpletoc simpletoc-list
        wp-block-aioseo-table-of-contents aioseo-toc uagb-toc__wrap
        wp-block-uagb-table-of-contents kb-table-of-content-wrap
        wp-block-kadence-tableofcontents eb-toc-container wp-block-ub-table-of-contents-block
        ub_table-of-contents elementor-widget-table-of-contents joli-toc wpj-jtoc
        cm_table_of_contents table-of-contents table_of_contents tableofcontents
        stk-table-of-contents wp-block-stackable-table-of-contents gutentoc tocindex article-toc
        post-toc
    """,
    "ad_slot": """
        ad ads adslot ad-slot ad_slot ad-unit ad_unit adunit ad-container ad_container
        ad-wrapper ad_wrapper ad-wrap ad-box adbox ad-block ad-banner ad-placement
        ad-placeholder ad-label ad-inserter ai-viewport-1 ai-viewport-2 ai-viewport-3 advert
        adverts advertisement advertisements adsbygoogle google-auto-placed google_ads
        ads-container ads-wrapper ads-box adrotate_widget g-single quads-location quads-ad
        dfp-ad dfp-slot gpt-ad div-gpt-ad banner-ad banner-ads sponsored-ad sponsored-link
        sponsored-links in-article-ad inline-ad mid-article-ad content-ad post-ad wp-block-ad
        wpcnt wordads-ad mobile-ad desktop-ad publicidad publicite werbung anzeige pubblicita
        reklama iklan jeg_ad td-a-rec td_block_ad advads-wrapper
    """,
    "newsletter_box": """
        newsletter-signup newsletter-sign-up newsletter-form newsletter-box newsletter-block
        newsletter-subscribe newsletter-widget tnp tnp-subscription tnp-subscription-minimal
        mc4wp-form mc_embed_signup mailpoet_form mailmunch-forms-in-post-middle
        mailmunch-forms-before-post mailmunch-forms-after-post sumome-contentupgrade
        wp-block-jetpack-subscriptions jetpack_subscription_widget jetpack-subscribe
        wp-block-jetpack-mailchimp wp-block-newsletterglue-form convertkit-form formkit-form
        ck_form_container seva-form optin-box optin-form optinmonster-inline
        thrv_lead_generation tve-leads-shortcode hustle-ui subscribe-box subscribe-form
        subscribe-block subscription-box email-signup email-subscribe signup-box
        substack-post-embed-form klaviyo-form
    """,
    "cookie_box": """
        cookie-notice cookie-notice-container cookie-law-info-bar cookie-banner cookie-bar
        cookie-consent cookieconsent cc-window cookies-infobar cky-consent-container
        cmplz-cookiebanner cmplz-blocked-content-notice gdpr-cookie-notice gdpr-banner
        moove_gdpr_cookie_info_bar borlabs-cookie brlbs-cmpnt-cb _brlbs-content-blocker
        real-cookie-banner eu-cookie-law eucookielaw iubenda-cs-banner ez-cookie-dialog
    """,
    "read_more": "more-link read-more-link excerpt-more",
}
"""For each rule the names it knows; each stands for itself, never for a part of a longer name."""

MARKS: dict[str, str] = {
    "figure": "wp-caption gallery-item",
    "embed": """
        twitter-tweet twitter-video instagram-media tiktok-embed reddit-embed-bq reddit-card
        text-post-media bluesky-embed fb-post fb-video wp-embedded-content wp-block-embed
        wp-block-embed__wrapper
    """,
}
"""Names of what is not cut, and needs something done to it."""

PREFIXES: dict[str, str] = {
    "share_bar": "heateor_sss_ a2a_button_ addtoany_share_ ssbp- essb_template st-btn",
    "related_posts": "yarpp-template- crp-list wp-block-yarpp taboola- ob-widget-",
    "ad_slot": "div-gpt-ad- google_ads_iframe advads- ezoic-pub-ad- ai_widget quads-ad quads-bg",
    "newsletter_box": "mc4wp- mailpoet_form_ hustle_module_ wp-convertkit-",
    "cookie_box": "cookie-law-info cky- cmplz-cookiebanner cc-banner",
    "editor_residue": "mce_selres",
}
"""Beginnings of generated names, as those that end in a number."""

VOICES = re.compile(r"(?:^|\s)(?:[\w-]*(?:tab|accordion|toggle|collaps|spoiler|expand|faq)[\w-]*)")
"""Names of what opens at a click: hidden at first, and the author's all the same."""


def _pattern() -> re.Pattern[str]:
    arms = []
    for rule, names in (NAMES | MARKS).items():
        exact = [re.escape(name) for name in names.split()]
        begun = [rf"{re.escape(name)}[\w-]*" for name in PREFIXES.get(rule, "").split()]
        arms.append(f"(?P<{rule}>{'|'.join(exact + begun)})")
    return re.compile(rf"(?<!\S)(?:{'|'.join(arms)})(?!\S)")


NAMED = _pattern()


@lru_cache(maxsize=4096)
def rule_of_names(names: str) -> str | None:
    """Return the rule or the mark that the class or id *names* fall under; None for most.

    >>> rule_of_names("wp-block-group sharedaddy"), rule_of_names("shared-history")
    ('share_bar', None)
    >>> rule_of_names("ad"), rule_of_names("address header-ad-free")
    ('ad_slot', None)
    """
    found = {match.lastgroup for match in NAMED.finditer(names.lower())}
    cut = found - MARKS.keys()
    return min(cut or found, key=str, default=None)


def opens_at_a_click(names: str) -> bool:
    """Tell whether *names* are those of a tab, an accordion or the like.

    >>> opens_at_a_click("su-spoiler-content"), opens_at_a_click("popup")
    (True, False)
    """
    return VOICES.search(names.lower()) is not None
