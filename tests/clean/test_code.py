from __future__ import annotations

import pytest

from tests.clean.cleaning import clean

CODE = "if a &lt; b:\n    c"


@pytest.mark.parametrize(
    "html",
    [
        f'<pre class="wp-block-code"><code lang="Python" class="x">{CODE}</code></pre>',
        f'<pre><code class="hljs language-python">{CODE}</code></pre>',
        f'<pre class="brush: python; title: ; notranslate">{CODE}</pre>',
        f'<pre class="lang:python decode:true">{CODE}</pre>',
        f'<pre class="EnlighterJSRAW" data-enlighter-language="python">{CODE}</pre>',
        f'<pre data-lang="python"><code>{CODE}</code></pre>',
        f'<div class="highlight-source-python"><pre>{CODE}</pre></div>',
    ],
)
def test_language(html):
    """A language is told in one way, whatever plugin told it."""
    cleaned = clean(html)

    assert f'<pre><code class="language-python">{CODE}</code></pre>' in cleaned.html
    assert cleaned.markdown == "```python\nif a < b:\n    c\n```"
    assert cleaned.text == "if a < b:\n    c"


@pytest.mark.parametrize("name", ["", "language-none", "prettyprint", "slang-x"])
def test_no_language(name):
    """Where nothing tells the language, nothing is made up."""
    assert clean(f'<pre class="{name}">{CODE}</pre>').html == f"<pre>{CODE}</pre>"


def test_inline():
    """Code in a sentence has no class."""
    html = '<p>Call <code class="language-php">x()</code>, <code>y()</code>.</p>'

    assert clean(html).html == "<p>Call <code>x()</code>, <code>y()</code>.</p>"


def test_line_breaks():
    """Lines that plugins part by <br> are lines."""
    assert clean("<pre>a<br>b<br />  c</pre>").html == "<pre>a\nb\n  c</pre>"
