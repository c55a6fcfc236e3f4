"""The post types and taxonomies of the sample site, WordPress's own machinery among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PostType:
    """A post type as /wp/v2/types shows it; ``features`` are what its records carry."""

    name: str
    rest_base: str
    label: str
    icon: str | None = None
    description: str = ""
    hierarchical: bool = False
    has_archive: bool = False
    taxonomies: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A taxonomy as /wp/v2/taxonomies shows it."""

    name: str
    rest_base: str
    label: str
    types: tuple[str, ...]
    hierarchical: bool = False
    path: str = ""  # of its archives: /category/...


POST = PostType(
    "post",
    "posts",
    "Posts",
    icon="dashicons-admin-post",
    taxonomies=("category", "post_tag"),
    features=frozenset({"content", "comments", "sticky", "format"}),
)
PAGE = PostType(
    "page",
    "pages",
    "Pages",
    icon="dashicons-admin-page",
    hierarchical=True,
    features=frozenset({"content", "comments", "parent", "menu_order"}),
)
ATTACHMENT = PostType(
    "attachment",
    "media",
    "Media",
    icon="dashicons-admin-media",
    features=frozenset({"comments", "parent"}),
)
GUIDE = PostType(
    "guide",
    "guides",
    "Repair guides",
    icon="dashicons-admin-tools",
    description="How to mend it, step by step.",
    has_archive=True,
    taxonomies=("post_tag", "material"),
    features=frozenset({"content"}),
)

MACHINERY = (
    PostType("nav_menu_item", "menu-items", "Navigation Menu Items", taxonomies=("nav_menu",)),
    PostType("wp_block", "blocks", "Patterns", taxonomies=("wp_pattern_category",)),
    PostType(
        "wp_template",
        "templates",
        "Templates",
        description="Templates to include in your theme.",
    ),
    PostType(
        "wp_template_part",
        "template-parts",
        "Template Parts",
        description="Template parts to include in your templates.",
    ),
    PostType(
        "wp_global_styles",
        "global-styles",
        "Global Styles",
        description="Global styles to include in themes.",
    ),
    PostType(
        "wp_navigation",
        "navigation",
        "Navigation Menus",
        description="Navigation menus that can be inserted into your site.",
    ),
    PostType("wp_font_family", "font-families", "Font Families"),
    PostType("wp_font_face", r"font-families/(?P<font_family_id>[\d]+)/font-faces", "Font Faces"),
)

POST_TYPES = {each.name: each for each in (POST, PAGE, ATTACHMENT, *MACHINERY, GUIDE)}

CATEGORY = Taxonomy("category", "categories", "Categories", ("post",), True, "category")
POST_TAG = Taxonomy("post_tag", "tags", "Tags", ("post", "guide"), False, "tag")
MATERIAL = Taxonomy("material", "materials", "Materials", ("guide",), True, "material")

TAXONOMIES = {
    each.name: each
    for each in (
        CATEGORY,
        POST_TAG,
        Taxonomy("nav_menu", "menus", "Navigation Menus", ("nav_menu_item",)),
        Taxonomy(
            "wp_pattern_category", "wp_pattern_category", "Pattern Categories", ("wp_block",)
        ),
        MATERIAL,
    )
}

DOCUMENTS = {each.rest_base: each for each in (POST, PAGE, GUIDE)}
"""The post types with content that visitors may list, by rest_base."""

LISTED = {**DOCUMENTS, ATTACHMENT.rest_base: ATTACHMENT}
"""The post types that visitors may list, media among them, by rest_base."""

TERMS = {each.rest_base: each for each in (CATEGORY, POST_TAG, MATERIAL)}
"""The taxonomies that visitors may list, by rest_base."""


def type_fields(each: PostType) -> dict[str, Any]:
    """Return what /wp/v2/types says about a post type."""
    return {
        "description": each.description,
        "hierarchical": each.hierarchical,
        "has_archive": each.has_archive,
        "name": each.label,
        "slug": each.name,
        "icon": each.icon,
        "taxonomies": list(each.taxonomies),
        "rest_base": each.rest_base,
        "rest_namespace": "wp/v2",
        "template": [],
        "template_lock": False,
    }


def taxonomy_fields(each: Taxonomy) -> dict[str, Any]:
    """Return what /wp/v2/taxonomies says about a taxonomy."""
    return {
        "name": each.label,
        "slug": each.name,
        "description": "",
        "types": list(each.types),
        "hierarchical": each.hierarchical,
        "rest_base": each.rest_base,
        "rest_namespace": "wp/v2",
    }
