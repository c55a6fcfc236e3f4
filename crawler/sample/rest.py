"""One REST request, answered from the rows as WordPress 6.7 answers a visitor."""

from __future__ import annotations

from crawler.sample import routes
from crawler.sample.answers import RestError
from crawler.sample.documents import Links, Record
from crawler.sample.fields import Tree, keep
from crawler.sample.guards import check_item, edit_context
from crawler.sample.listing import COLLECTIONS, list_collection, search
from crawler.sample.params import check
from crawler.sample.records import make_record, status_record, taxonomy_record, type_record
from crawler.sample.registry import DOCUMENTS, LISTED, POST_TYPES, TAXONOMIES
from crawler.sample.request import Request, Response, single
from crawler.sample.store import Store

NO_ROUTE = "No route was found matching the URL and request method."

SUBJECTS = {
    "types": ("type", "post type", "edit posts in this post type"),
    "taxonomies": ("taxonomy", "taxonomy", "manage terms in this taxonomy"),
    "statuses": ("status", "status", "manage post statuses"),
}
"""For each object by name: what its error codes and messages call it, and what editors do."""


def answer(request: Request, method: str = "GET") -> Response:
    """Answer a request; what the API refuses becomes the object that WordPress sends."""
    try:
        if method == "OPTIONS":
            return _describe(request)
        if method not in ("GET", "HEAD"):
            raise _refuse(request, method)
        return _dispatch(request)
    except RestError as error:
        allow = {"Allow": "GET"} if error.allowed else {}
        return Response(error.body, error.status, allow)


def _describe(request: Request) -> Response:
    entry = routes.route_table(request.per_page).get(request.route)
    if entry is None:
        return _dispatch(request)
    return Response(entry, headers={"Allow": "GET"})


def _refuse(request: Request, method: str) -> RestError:
    """Return the error for a method that writes: visitors never may."""
    entry = routes.route_table(request.per_page).get(request.route, {"methods": []})
    if method in entry["methods"]:
        return RestError("rest_forbidden", f"{routes.NOT_HERE}do that.", 401)
    return RestError("rest_no_route", NO_ROUTE, 404)


def _dispatch(request: Request) -> Response:
    route = request.route
    if route == "/":
        links = {"help": routes.HELP}
        return single(request, routes.index(request.store, request.per_page), links, always=True)
    if (namespace := route[1:]) in routes.NAMESPACES:
        listed = routes.routes_of(request.store, request.per_page, namespace)
        up = {"up": [{"href": request.store.root}]}
        return single(request, {"namespace": namespace, "routes": listed}, up, always=True)
    if route in routes.LOGIN_ONLY:
        code, message = routes.LOGIN_ONLY[route]
        raise RestError(code, message, 401, allowed=code == "rest_not_logged_in")
    if route in routes.EMPTY:
        return Response([], headers={"X-WP-Total": 0, "X-WP-TotalPages": 0, "Allow": "GET"})
    if route == "/oembed/1.0/embed":
        code, message = "rest_missing_callback_param", "Missing parameter(s): url"
        raise RestError(code, message, 400, details={"params": ["url"]}, allowed=True)
    return _core(request, route.split("/")[1:])


def _core(request: Request, parts: list[str]) -> Response:
    """Answer what lies under /wp/v2."""
    match parts:
        case ["wp", "v2", "search"]:
            return search(request)
        case ["wp", "v2", name] if name in SUBJECTS:
            return _by_name(request, name)
        case ["wp", "v2", name, key] if name in SUBJECTS:
            return _one_by_name(request, name, key)
        case ["wp", "v2", base] if base in COLLECTIONS:
            return list_collection(request, base)
        case ["wp", "v2", base, number] if base in COLLECTIONS and number.isdecimal():
            return _item(request, base, int(number))
        case ["wp", "v2", base, number, "revisions" | "autosaves" as kept, *one]:
            if base in DOCUMENTS and number.isdecimal() and len(one) < 2:
                message = f"{routes.NOT_HERE}view {kept} of this post."
                raise RestError("rest_cannot_read", message, 401)
    raise RestError("rest_no_route", NO_ROUTE, 404)


def _item(request: Request, base: str, identifier: int) -> Response:
    store = request.store
    check(routes.item_args(base), request.params, allowed=False)
    row = check_item(store, base, identifier, request.params)
    record, links = make_record(store, base, row)
    headers: dict[str, str] = {}
    if base in LISTED:
        headers["Link"] = f'<{store.permalink(row)}>; rel="alternate"; type=text/html'
    return single(request, record, links, headers=headers)


def _by_name(request: Request, name: str) -> Response:
    """Answer /types, /taxonomies or /statuses: an object by name, unpaged."""
    if edit_context(request.params):
        message = f"{routes.NOT_HERE}{SUBJECTS[name][2]}."
        raise RestError("rest_cannot_view", message, 401)
    tree = request.tree
    body = {
        # WordPress applies _fields twice: to each object by itself, and to the whole
        key: keep(keep(record | {"_links": links}, tree), _branch(tree, key))
        for key, (record, links) in _objects(request.store, name).items()
        if tree is None or key in tree
    }
    return Response(body, headers={"Allow": "GET"})


def _branch(tree: Tree | None, key: str) -> Tree | None:
    branch = None if tree is None else tree[key]
    return None if branch is True else branch


def _one_by_name(request: Request, name: str, key: str) -> Response:
    found = _objects(request.store, name).get(key)
    if found is None:
        code, words, _ = SUBJECTS[name]
        raise RestError(f"rest_{code}_invalid", f"Invalid {words}.", 404, allowed=True)
    return single(request, *found)


def _objects(store: Store, name: str) -> dict[str, tuple[Record, Links]]:
    if name == "types":
        return {key: type_record(store, each) for key, each in POST_TYPES.items()}
    if name == "taxonomies":
        return {key: taxonomy_record(store, each) for key, each in TAXONOMIES.items()}
    return {"publish": status_record(store)}
