"""The pages that people read: front page, single posts, archives, and the one that is not."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from crawler.sample.answers import Answer, html_answer, redirect
from crawler.sample.documents import base_of
from crawler.sample.registry import DOCUMENTS, TERMS
from crawler.sample.routes import DESCRIPTION, NAME
from crawler.sample.store import Row, Store

ROBOTS = """User-agent: *
Disallow: /wp-admin/
Allow: /wp-admin/admin-ajax.php
"""

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xf4\xee\xe0\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""What every file of the media library holds: one dot of the colour of paper."""

PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{title}</title>
<link rel="https://api.w.org/" href="{root}" />{alternate}
<style>
body {{ font: 1.1rem/1.6 Georgia, serif; color: #2b2622; background: #f4eee0; margin: 0 auto; }}
body {{ max-width: 40rem; padding: 2rem 1rem; }}
a {{ color: #8a3b1e; }}
figure {{ margin: 1.5rem 0; }}
figcaption, .meta, footer {{ color: #6b6157; font-size: 0.9rem; }}
img {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border: 1px solid #cbbfa8; padding: 0.3rem 0.6rem; text-align: left; }}
</style>
</head>
<body class="{classes}">
<header><p><a href="{home}/" rel="home">{name}</a><br />{description}</p></header>
<main>
{main}
</main>
<footer><p>{name}, 11 Ropewalk, Marrin. Invented, like all that is told here.</p></footer>
</body>
</html>
"""


def robots_answer(store: Store) -> Answer:
    """Answer /robots.txt as WordPress does."""
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Link", f'<{store.root}>; rel="https://api.w.org/"'),
    )
    text = f"{ROBOTS}\nSitemap: {store.home}/wp-sitemap.xml\n"
    return Answer(200, headers, text.encode())


def page_answer(store: Store, path: str) -> Answer:
    """Answer a page that people read, by its path from the site's home."""
    if path in ("/", "/index.php"):
        return _listing(store, NAME, _newest(store))
    if path.startswith("/wp-content/uploads/"):
        return _file_answer(store, path)
    found = _find(store, f"{store.home}{quote(path.rstrip('/')).lower()}/")
    if found is None:
        return _not_found(store)
    return found if path.endswith("/") else redirect(f"{store.home}{path}/")


def shortlink_answer(store: Store, identifier: str) -> Answer | None:
    """Answer /?p=7 with the way to the post; None where visitors see no such post."""
    row = store.post(int(identifier)) if identifier.isdecimal() else None
    return redirect(store.permalink(row)) if row and store.may_read(row) else None


def _find(store: Store, url: str) -> Answer | None:
    for row in store.published():
        if store.permalink(row) == url:
            return _single(store, row)
    for row in store.collections["media"].values():
        if store.may_read(row) and store.permalink(row) == url:
            return redirect(store.file(row))
    for base, taxonomy in TERMS.items():
        for row in store.collections[base].values():
            if store.term_link(taxonomy, row) == url:
                has = [each for each in _newest(store) if row["id"] in each.get(base, ())]
                return _listing(store, row["name"], has, f"wp/v2/{base}/{row['id']}")
    authors = store.authors()
    for row in store.collections["users"].values():
        if row["id"] in authors and store.author_link(row) == url:
            wrote = [each for each in _newest(store) if each["author"] == row["id"]]
            return _listing(store, row["name"], wrote, f"wp/v2/users/{row['id']}")
    return None


def _newest(store: Store) -> list[Row]:
    posts = [row for row in store.published() if row["type"] != "page"]
    return sorted(posts, key=lambda row: (row["sticky"], row["date"], row["id"]), reverse=True)


def _single(store: Store, row: Row) -> Answer:
    home, url = store.home, store.permalink(row)
    route = store.route(f"wp/v2/{base_of(row)}/{row['id']}")
    author = store.collections["users"].get(row["author"])
    by = f' by <a href="{store.author_link(author)}">{author["name"]}</a>' if author else ""
    body = "<p>This content is password protected.</p>" if row["password"] else row["content"]
    kind = DOCUMENTS[base_of(row)].name
    main = (
        f'<article class="{kind} type-{kind}">\n<h1 class="wp-block-post-title">{row["title"]}'
        f'</h1>\n<p class="meta"><time datetime="{row["date"]}">{row["date"][:10]}</time>{by}'
        f'</p>\n<div class="entry-content">{body}</div>\n</article>'
    )
    return _page(
        store,
        title=f"{row['title']} &#8211; {NAME}",
        main=main,
        classes=f"single single-{kind} postid-{row['id']}",
        route=route,
        links=(f"<{home}/?p={row['id']}>; rel=shortlink",),
        canonical=url,
    )


def _listing(store: Store, heading: str, rows: Iterable[Row], route: str = "") -> Answer:
    entries = [
        f'<article>\n<h2 class="wp-block-post-title"><a href="{store.permalink(row)}">'
        f"{row['title'] or row['date'][:10]}</a></h2>\n"
        f'<div class="wp-block-post-excerpt">{"" if row["password"] else row["excerpt"]}</div>\n'
        "</article>"
        for row, _ in zip(rows, range(10), strict=False)
    ]
    title = f"{NAME} &#8211; {DESCRIPTION}" if not route else f"{heading} &#8211; {NAME}"
    return _page(
        store,
        title=title,
        main=f"<h1>{heading}</h1>\n" + "\n".join(entries),
        classes="archive" if route else "home blog",
        route=route and store.route(route),
    )


def _page(
    store: Store,
    *,
    title: str,
    main: str,
    classes: str,
    route: str = "",
    links: tuple[str, ...] = (),
    canonical: str = "",
    status: int = 200,
) -> Answer:
    alternate = canonical and f'\n<link rel="canonical" href="{canonical}" />'
    if route:
        alternate = (
            f'<link rel="alternate" title="JSON" type="application/json" href="{route}" />'
            + alternate
        )
        links = (f'<{route}>; rel="alternate"; title="JSON"; type="application/json"', *links)
    html = PAGE.format(
        title=title,
        root=store.root,
        alternate=alternate,
        classes=classes,
        home=store.home,
        name=escape(NAME),
        description=escape(DESCRIPTION),
        main=main,
    )
    return html_answer(status, html, store.root, *links)


def _not_found(store: Store) -> Answer:
    main = (
        "<h1>Page not found</h1>\n"
        "<p>It may have been mended into something else. The front page knows the way.</p>"
    )
    title = f"Page not found &#8211; {NAME}"
    return _page(store, title=title, main=main, classes="error404", status=404)


def _file_answer(store: Store, path: str) -> Answer:
    url = f"{store.home}{path}"
    for row in store.collections["media"].values():
        stem, dot, suffix = store.file(row).rpartition(".")
        if url == stem + dot + suffix or (url.startswith(f"{stem}-") and url.endswith(suffix)):
            headers = (("Content-Type", "image/gif"), ("Accept-Ranges", "bytes"))
            return Answer(200, headers, PIXEL)
    return _not_found(store)
