"""Descriptions and titles from strangers: what stays, what goes, and that nothing unsafe or quadratic gets through."""

from __future__ import annotations

import re
import time
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import sanitise

_PIECES = st.sampled_from(
    [
        *(
            f"<{end}{name}>"
            for name in ("p", "b", "a", "li", "ul", "h2", "br", "div", "table", "tr", "td")
            for end in ("", "/")
        ),
        *(
            "<script>",
            "</script>",
            "<style>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<svg>",
            "<math>",
            "<template>",
            "<head>",
        ),
        *(
            '<a href="https://vahti.example/?a=1&copy=2">',
            "<a href='javascript:alert(1)'>",
            '<p onclick="x()">',
            "<b x=1>",
        ),
        *(
            "<senior>",
            "<o:p>",
            "&lt;p&gt;",
            "&lt;",
            "&amp;",
            "&nbsp;",
            "&#0;",
            "&#27;",
            "&copy",
            "&shy;",
            "<",
            ">",
            '"',
            "'",
            "=",
            "/",
        ),
        *("\n", "\n\n", " ", "\xa0", "\0", "\u0338", "\ud800", "\u202e", "ä", "a\u0308", "työ", "3 < 5"),
    ]
)
_markup = st.one_of(st.text(), st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=40).map("".join))

_ALLOWED = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "h2", "h3", "h4", "a"}


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.unsafe: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag not in _ALLOWED or (tag != "a" and held):
            self.unsafe.append(f"{tag} {attrs}")
        if tag == "a":
            href = held.pop("href", "https:") or ""
            if not re.match("(https?|mailto):", href, re.IGNORECASE) or held != {"rel": "nofollow noopener"}:
                self.unsafe.append(f"{tag} {attrs}")

    def handle_comment(self, data: str) -> None:
        self.unsafe.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.unsafe.append(f"<!{decl}")


@pytest.mark.promise("S5")
@given(_markup)
def test_html_is_safe_stable_and_says_what_the_text_says(written: str) -> None:
    safe = sanitise.html(written)
    seen = _Seen()
    seen.feed(safe)
    seen.close()
    assert seen.unsafe == []
    assert sanitise.html(safe) == safe
    assert sanitise.text(safe) == sanitise.text(written)
    safe.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", safe)
    assert bool(safe) == bool(sanitise.text(safe))


@given(_markup)
def test_text_and_line_are_tidy(written: str) -> None:
    text, line = sanitise.text(written), sanitise.line(written)
    assert text == unicodedata.normalize("NFC", text)
    assert all(one and one == " ".join(one.split()) for one in text.split("\n") if text)
    assert line == " ".join(unicodedata.normalize("NFC", line).split())


@given(st.text(alphabet=st.characters(whitelist_categories=["L", "N", "P", "Zs"], blacklist_characters="<>&")))
def test_every_word_of_a_plain_text_stays(written: str) -> None:
    assert sanitise.text(written) == " ".join(unicodedata.normalize("NFC", written).split())


@pytest.mark.parametrize(
    ("written", "safe", "text"),
    [
        ("3 < 5 & 6 > 4", "<p>3 &lt; 5 &amp; 6 &gt; 4</p>", "3 < 5 & 6 > 4"),
        ("yksi\r\nkaksi\r\n\r\n \r\nkolme", "<p>yksi<br>kaksi</p><p>kolme</p>", "yksi\nkaksi\nkolme"),
        ("<div>yksi</div><div>kaksi<br>kolme</div>", "<p>yksi</p><p>kaksi<br>kolme</p>", "yksi\nkaksi\nkolme"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "<p> a b</p><p> c</p>", "a b\nc"),
        ("<h1>Otsikko</h1>leipä", "<h2>Otsikko</h2>leipä", "Otsikko\nleipä"),
        ("<b>a\n\nb</b>\nc", "<p><b>a</b></p><p><b>b</b><br>c</p>", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>&nbsp;</p><p>x</p><p><br></p>", "<p>x</p>", "x"),
        ("<script>if (a<b) x()</script><style>p{}</style>näkyy", "<p>näkyy</p>", "näkyy"),
        ("<script defer>x()</script><!-- ei --><img src=x onerror=y()>", "", ""),
        ("R&amp;D, p&auml;iv&auml;", "<p>R&amp;D, päivä</p>", "R&D, päivä"),
        ("&lt;p&gt;Hei &lt;b&gt;sinä&lt;/b&gt;&lt;/p&gt;", "<p>Hei <b>sinä</b></p>", "Hei sinä"),
        ("ty&shy;ö\u00adpaikka a\u0308", "<p>työpaikka ä</p>", "työpaikka ä"),
        ("<senior> dev, <a@b.fi>", "<p>&lt;senior&gt; dev, &lt;a@b.fi&gt;</p>", "<senior> dev, <a@b.fi>"),
        ("if a <b and c> d", "<p>if a &lt;b and c&gt; d</p>", "if a <b and c> d"),
        ("<p>palkka <b", "<p>palkka &lt;b</p>", "palkka <b"),
        ("<p><o:p></o:p>a", "<p>a</p>", "a"),
        ('<a href="javascript:alert(1)">k</a>', "<p>k</p>", "k"),
        (
            "<A HREF='https://vahti.example/?a=1&copy=2' style=x>hae</A>",
            '<p><a href="https://vahti.example/?a=1&amp;copy=2" rel="nofollow noopener">hae</a></p>',
            "hae",
        ),
        ("<b></b><ul></ul>", "", ""),
        ("\0\ud800\ufeff", "", ""),
    ],
)
def test_html_and_text(written: str, safe: str, text: str) -> None:
    assert sanitise.html(written) == safe
    assert sanitise.text(written) == text


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("  Lähi\u00adhoitaja,\n Oulu\t\0", "Lähihoitaja, Oulu"),
        ("<b>R&amp;D</b> engineer", "R&D engineer"),
        ("&lt;b&gt;Kokki&lt;/b&gt;", "Kokki"),
        ("Developer <senior>, C# < C++", "Developer <senior>, C# < C++"),
        ("a\u0308iti", "äiti"),
        ("\u202eKokki", "Kokki"),
        ("yksi<br>kaksi", "yksi kaksi"),
        ("<script>x</script>", ""),
    ],
)
def test_line(written: str, line: str) -> None:
    assert sanitise.line(written) == line


@pytest.mark.promise("S5")
@pytest.mark.parametrize(
    "written",
    [
        "<p>" + "".join(f"<b x={number}>" for number in range(8_000)) + "</p>" + "<p>x" * 20_000,
        *(
            (piece * 200_000)[:200_000]
            for piece in (
                "<ul><li>",
                "<div>",
                "<b>",
                "<i></b>",
                "<!--",
                "<script>",
                "</script",
                '<a "',
                "&",
                "&lt;p&gt;",
                "\n ",
            )
        ),
    ],
    ids=lambda written: written[:12],
)
def test_hostile_markup_is_read_in_no_time_and_stays_small(written: str) -> None:
    began = time.process_time()
    safe = sanitise.html(written)
    assert time.process_time() - began < 5
    assert len(safe) < 6 * len(written)
    assert sanitise.html(safe) == safe
