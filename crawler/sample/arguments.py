"""The query parameters that each collection declares in the index, as WordPress 6.7 does."""

from __future__ import annotations

from typing import Any

from crawler.sample.registry import POST_TYPES, TAXONOMIES, PostType, Taxonomy

Args = dict[str, dict[str, Any]]
"""The parameters of an endpoint by name, each as a JSON schema."""

STATUSES = (
    "publish future draft pending private trash auto-draft inherit request-pending "
    "request-confirmed request-failed request-completed any"
).split()
CONTEXTS = ["view", "embed", "edit"]
SCOPE = "Scope under which the request is made; determines fields present in response."


def arg(description: str, **schema: Any) -> dict[str, Any]:
    """Describe one parameter that may be left out."""
    return {"description": description, **schema, "required": False}


def _ids(description: str, **more: Any) -> dict[str, Any]:
    return arg(description, type="array", items={"type": "integer"}, **more)


def _date(subject: str, when: str) -> dict[str, Any]:
    text = f"Limit response to {subject} {when} a given ISO8601 compliant date."
    return arg(text, type="string", format="date-time")


def _slugs(subject: str) -> dict[str, Any]:
    text = f"Limit result set to {subject} with one or more specific slugs."
    return arg(text, type="array", items={"type": "string"})


def _order(default: str) -> dict[str, Any]:
    text = "Order sort attribute ascending or descending."
    return arg(text, type="string", default=default, enum=["asc", "desc"])


def _orderby(subject: str, default: str, values: str) -> dict[str, Any]:
    text = f"Sort collection by {subject} attribute."
    return arg(text, type="string", default=default, enum=values.split())


CONTEXT = arg(SCOPE, type="string", enum=CONTEXTS, default="view")
OFFSET = arg("Offset the result set by a specific number of items.", type="integer")
EXCLUDE = _ids("Ensure result set excludes specific IDs.", default=[])
INCLUDE = _ids("Limit result set to specific IDs.", default=[])


def paged(maximum: int) -> Args:
    """Return what every collection declares first."""
    return {
        "context": CONTEXT,
        "page": arg("Current page of the collection.", type="integer", default=1, minimum=1),
        "per_page": arg(
            "Maximum number of items to be returned in result set.",
            type="integer",
            default=min(10, maximum),
            minimum=1,
            maximum=maximum,
        ),
        "search": arg("Limit results to those matching a string.", type="string"),
    }


def of_post_type(post_type: PostType, maximum: int) -> Args:
    """Return the parameters of a collection of a post type."""
    orderby = "author date id include modified parent relevance slug include_slugs title"
    if "menu_order" in post_type.features:
        orderby += " menu_order"
    args = {
        **paged(maximum),
        "after": _date("posts", "published after"),
        "modified_after": _date("posts", "modified after"),
        "author": _ids("Limit result set to posts assigned to specific authors.", default=[]),
        "author_exclude": _ids(
            "Ensure result set excludes posts assigned to specific authors.", default=[]
        ),
        "before": _date("posts", "published before"),
        "modified_before": _date("posts", "modified before"),
        "exclude": EXCLUDE,
        "include": INCLUDE,
    }
    if "menu_order" in post_type.features:
        args["menu_order"] = arg(
            "Limit result set to posts with a specific menu_order value.", type="integer"
        )
    args |= {
        "search_semantics": arg(
            "How to interpret the search input.", type="string", enum=["exact"]
        ),
        "offset": OFFSET,
        "order": _order("desc"),
        "orderby": _orderby("post", "date", orderby),
    }
    if "parent" in post_type.features:
        args["parent"] = _ids("Limit result set to items with particular parent IDs.", default=[])
        args["parent_exclude"] = _ids(
            "Limit result set to all items except those of a particular parent ID.", default=[]
        )
    args |= {
        "search_columns": arg(
            "Array of column names to be searched.",
            default=[],
            type="array",
            items={"enum": ["post_title", "post_content", "post_excerpt"], "type": "string"},
        ),
        "slug": _slugs("posts"),
        "status": _status(post_type),
    }
    return args | _of_taxonomies(post_type) | _special(post_type)


def _status(post_type: PostType) -> dict[str, Any]:
    media = post_type.name == "attachment"
    return {
        "default": "inherit" if media else "publish",
        "description": "Limit result set to posts assigned one or more statuses.",
        "type": "array",
        "items": {
            "enum": ["inherit", "private", "trash"] if media else STATUSES,
            "type": "string",
        },
        "required": False,
    }


def _special(post_type: PostType) -> Args:
    if "sticky" in post_type.features:
        text = "Limit result set to items that are sticky."
        return {"sticky": arg(text, type="boolean")}
    if post_type.name != "attachment":
        return {}
    return {
        "media_type": arg(
            "Limit result set to attachments of a particular media type.",
            default=None,
            type="string",
            enum=["image", "video", "text", "application", "audio"],
        ),
        "mime_type": arg(
            "Limit result set to attachments of a particular MIME type.",
            default=None,
            type="string",
        ),
    }


def _of_taxonomies(post_type: PostType) -> Args:
    if not post_type.taxonomies:
        return {}
    args = {
        "tax_relation": arg(
            "Limit result set based on relationship between multiple taxonomies.",
            type="string",
            enum=["AND", "OR"],
        )
    }
    for name in post_type.taxonomies:
        taxonomy = TAXONOMIES[name]
        base = taxonomy.rest_base
        args[base] = _term_query(
            f"Limit result set to items with specific terms assigned in the {base} taxonomy.",
            taxonomy,
            operator=True,
        )
        args[f"{base}_exclude"] = _term_query(
            "Limit result set to items except those with specific terms assigned in the "
            f"{base} taxonomy.",
            taxonomy,
            operator=False,
        )
    return args


def _term_query(description: str, taxonomy: Taxonomy, *, operator: bool) -> dict[str, Any]:
    integers = {"type": "array", "items": {"type": "integer"}}
    properties: dict[str, Any] = {"terms": {"description": "Term IDs.", **integers, "default": []}}
    if taxonomy.hierarchical:
        properties["include_children"] = {
            "description": "Whether to include child terms in the terms limiting the result set.",
            "type": "boolean",
            "default": False,
        }
    if operator:
        properties["operator"] = {
            "description": "Whether items must be assigned all or any of the specified terms.",
            "type": "string",
            "enum": ["AND", "OR"],
            "default": "OR",
        }
    listed = {
        "title": "Term ID List",
        "description": "Match terms with the listed IDs.",
        **integers,
    }
    query = {
        "title": "Term ID Taxonomy Query",
        "description": "Perform an advanced term query.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return arg(description, type=["object", "array"], oneOf=[listed, query])


def of_terms(taxonomy: Taxonomy, maximum: int) -> Args:
    """Return the parameters of a taxonomy; no offset where its terms have parents, never dates."""
    args = {**paged(maximum), "exclude": EXCLUDE, "include": INCLUDE}
    if not taxonomy.hierarchical:
        args["offset"] = OFFSET
    args |= {
        "order": _order("asc"),
        "orderby": _orderby(
            "term", "name", "id include name slug include_slugs term_group description count"
        ),
        "hide_empty": arg(
            "Whether to hide terms not assigned to any posts.", type="boolean", default=False
        ),
    }
    if taxonomy.hierarchical:
        args["parent"] = arg(
            "Limit result set to terms assigned to a specific parent.", type="integer"
        )
    args["post"] = arg(
        "Limit result set to terms assigned to a specific post.", type="integer", default=None
    )
    return {**args, "slug": _slugs("terms")}


def of_comments(maximum: int) -> Args:
    """Return the parameters of /wp/v2/comments; there is no modified_after."""
    needs = "Requires authorization."
    return {
        **paged(maximum),
        "after": _date("comments", "published after"),
        "author": _ids(f"Limit result set to comments assigned to specific user IDs. {needs}"),
        "author_exclude": _ids(
            f"Ensure result set excludes comments assigned to specific user IDs. {needs}"
        ),
        "author_email": arg(
            f"Limit result set to that from a specific author email. {needs}",
            default=None,
            format="email",
            type="string",
        ),
        "before": _date("comments", "published before"),
        "exclude": EXCLUDE,
        "include": INCLUDE,
        "offset": OFFSET,
        "order": _order("desc"),
        "orderby": _orderby("comment", "date_gmt", "date date_gmt id include post parent type"),
        "parent": _ids("Limit result set to comments of specific parent IDs.", default=[]),
        "parent_exclude": _ids("Ensure result set excludes specific parent IDs.", default=[]),
        "post": _ids("Limit result set to comments assigned to specific post IDs.", default=[]),
        "status": arg(
            f"Limit result set to comments assigned a specific status. {needs}",
            default="approve",
            type="string",
        ),
        "type": arg(
            f"Limit result set to comments assigned a specific type. {needs}",
            default="comment",
            type="string",
        ),
        "password": arg("The password for the post if it is password protected.", type="string"),
    }


def of_users(maximum: int) -> Args:
    """Return the parameters of /wp/v2/users."""
    one_of = "at least one specific {} provided. Accepts csv list or single {}."
    strings = {"type": "array", "items": {"type": "string"}}
    return {
        **paged(maximum),
        "exclude": EXCLUDE,
        "include": INCLUDE,
        "offset": OFFSET,
        "order": _order("asc"),
        "orderby": _orderby(
            "user", "name", "id include name registered_date slug include_slugs email url"
        ),
        "slug": _slugs("users"),
        "roles": arg(
            f"Limit result set to users matching {one_of.format('role', 'role')}", **strings
        ),
        "capabilities": arg(
            f"Limit result set to users matching {one_of.format('capability', 'capability')}",
            **strings,
        ),
        "who": arg(
            "Limit result set to users who are considered authors.",
            type="string",
            enum=["authors"],
        ),
        "has_published_posts": arg(
            "Limit result set to users who have published posts.",
            type=["boolean", "array"],
            items={"type": "string", "enum": {name: name for name in POST_TYPES}},
        ),
    }


def of_search(maximum: int) -> Args:
    """Return the parameters of /wp/v2/search."""
    context = arg(SCOPE, type="string", enum=CONTEXTS[:2], default="view")
    return {
        **paged(maximum),
        "context": context,
        "type": arg(
            "Limit results to items of an object type.",
            default="post",
            type="string",
            enum=["post"],
        ),
        "subtype": arg(
            "Limit results to items of one or more object subtypes.",
            default="any",
            type="array",
            items={"enum": ["post", "page", "guide", "any"], "type": "string"},
        ),
        "exclude": EXCLUDE,
        "include": INCLUDE,
    }


def of_item(subject: str, **more: dict[str, Any]) -> Args:
    """Return the parameters of the route of one record."""
    identifier = arg(f"Unique identifier for the {subject}.", type="integer")
    return {"id": identifier, "context": CONTEXT, **more}
