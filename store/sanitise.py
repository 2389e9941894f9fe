"""What strangers wrote, made safe to keep and show: descriptions as simple HTML or plain text, one-line fields."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape, unescape

import nh3
from lxml.html.defs import tags as _html_tags

_BLOCKS = ("p", "ul", "ol", "li", "h2", "h3", "h4")
_INLINE = ("strong", "em", "b", "i", "a")
_CLEANER = nh3.Cleaner(
    tags={*_BLOCKS, *_INLINE, "br"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener",
)

# What is not allowed but starts a line of its own must go on doing so, or the words on both sides grow together.
_PARAGRAPHS = (
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "main", "nav", "pre"),
    *("section", "summary", "table", "tbody", "tfoot", "thead", "tr"),
)
_BECOMES = {
    **{name: name for name in (*_BLOCKS, *_INLINE, "br")},
    **dict.fromkeys(_PARAGRAPHS, "p"),
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "dir": "ul",
    "menu": "ul",
}
_KNOWN = frozenset({*_html_tags, *_BECOMES, "bdi", "nobr", "picture", "template"})

# No branch can read a character again from another start: time is linear in the length, whoever wrote the text. Each
# begins with a literal, so that the engine jumps from one to the next.
_TOKEN = re.compile(
    r"""
      <(?P<hidden> !--.*?(?:-->|\Z) | (?P<raw>script|style|head)\b[^<>]*>.*?(?:</(?P=raw)\b[^<>]*>|\Z) | [!?][^<>]*> )
    | <(?P<end>/?)(?P<name>[a-z][a-z0-9:]*)(?P<attributes>(?:[\s/"'][^<>]*)?)>
    | &(?P<reference> (?:[#][0-9]{1,7}|[#]x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31}); )
    | < | > | &
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_HREF = re.compile(r"""(?:^|[\s"'/])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""", re.IGNORECASE)
_LINK = re.compile(r"""(?:https?://|mailto:)[^\s<>"]+""", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"</?(?:p|ul|ol|li|h[234])>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_EMPTY = re.compile(r"<(p|li|h[234])>(?:\s|&nbsp;|<br>)*</\1>(?=\s*(?:<(?:p|ul|ol|li|h[234])>|</(?:ul|ol|li)>|\Z))")
_OUTSIDE_TAGS = re.compile(r"(?:^|(?<=>))[^<>]+(?=<|\Z)")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REMOVED = re.compile(
    # Controls but tab and line feed; surrogates, which no encoding holds; non-characters; what nobody sees and what
    # hides words from a search (soft hyphen, zero-width space) or turns the direction of the writing after it.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)

# Nesting costs a browser's parser the square of its depth, and unclosed tags can multiply: markup with more tags than
# any description has (given, or after the closing of what was left open) is read as text alone.
MOST_TAGS = 5_000
_ROUNDS = 6


def html(text_: str) -> str:
    """The description as HTML that is safe to show: p, br, ul, ol, li, strong, em, b, i, h2, h3, h4 and links to
    http, https and mailto (`rel="nofollow noopener"`), nothing else; other elements leave their text, but for script,
    style and head. Other blocks become paragraphs, h1 becomes h2, and empty blocks go.

    Text without tags becomes paragraphs (at blank lines) and line breaks; HTML that was escaped once too often is read
    as HTML. Empty if there is nothing to read. `html(html(x)) == html(x)`.
    """
    safe, markup = _settled(text_)
    return safe if _seen(markup).strip() else ""


def text(html_: str) -> str:
    """What a reader sees of a description, as plain text: a line for each block and after each line break, references
    decoded, Unicode form C, blanks collapsed. Text without tags stays what it is ("3 < 5")."""
    _, markup = _settled(html_)
    seen = unicodedata.normalize("NFC", _seen(markup))
    return "\n".join(filter(None, (" ".join(one.split()) for one in seen.split("\n"))))


@lru_cache(maxsize=512)
def public_text(html_: str) -> str:
    """The `text` of a description that everybody may read, remembered: an answer asks it of each listing that it shows,
    and the index several times of one that changed. Nothing of a person's goes in here."""
    return text(html_)


def line(text_: str) -> str:
    """A field of one line (title, employer): tags and control characters out, references decoded, blanks collapsed,
    Unicode form C."""
    written, tagged = _as_meant(text_)
    written = _seen(_simplified(written)) if tagged else written
    return " ".join(unicodedata.normalize("NFC", _without_controls(written)).split())


def _settled(text_: str) -> tuple[str, str]:
    """The safe HTML that cleaning again does not change, and the simplified markup of it."""
    written, tagged = _as_meant(text_)
    markup = _simplified(written) if tagged else _paragraphs(_escaped(written))
    for _ in range(_ROUNDS):
        if markup.count("<") > MOST_TAGS:
            break
        safe = _cleaned(markup)
        before, markup = markup, _simplified(safe)
        if markup == before:
            return safe, markup
    plain = _paragraphs(_escaped(unicodedata.normalize("NFC", _without_controls(_seen(markup)))))
    return plain, plain


def _without_controls(written: str) -> str:
    return _REMOVED.sub("", _LINE_ENDS.sub("\n", written))


def _as_meant(text_: str) -> tuple[str, bool]:
    """The text, decoded once if it holds no tags, and whether it then holds any."""
    written = _without_controls(text_)
    if _has_tags(written):
        return written, True
    decoded = _without_controls(_decoded(written))
    return decoded, _has_tags(decoded)


def _is_tag(token: re.Match[str]) -> bool:
    if token["hidden"]:
        return True
    name = (token["name"] or "").lower()
    # "if a <b and c> d" holds no bold text: the one-letter elements need real attributes, or none.
    return name in _KNOWN and (len(name) > 1 or "=" in token["attributes"] or not token["attributes"].strip(" \t\n/"))


def _has_tags(written: str) -> bool:
    return any(_is_tag(token) for token in _TOKEN.finditer(written))


def _decoded(written: str) -> str:
    # html.unescape alone would also read references without a semicolon, and so break addresses ("?a=1&copy=2").
    return _TOKEN.sub(lambda token: unescape(token[0]) if token["reference"] else token[0], written)


def _simplified(written: str) -> str:
    """The markup with nothing in it but bare tags of the allowed elements, links, references and escaped text."""
    return _TOKEN.sub(_simplified_token, written)


def _simplified_token(token: re.Match[str]) -> str:
    if token["reference"]:
        return token[0]
    if not _is_tag(token):
        # An office program's <o:p> says nothing; "<senior>" in a sentence was meant to be read.
        return "" if ":" in (token["name"] or "") else escape(token[0], quote=False)
    name = (token["name"] or "").lower()
    if name in ("td", "th"):
        return " "
    if name == "a" and not token["end"]:
        href = _HREF.search(token["attributes"])
        address = _decoded(next(filter(None, href.groups()), "")).strip() if href else ""
        return f'<a href="{escape(address)}">' if _LINK.fullmatch(address) else ""
    return f"<{token['end']}{_BECOMES[name]}>" if name in _BECOMES else ""


def _cleaned(markup: str) -> str:
    """One round of cleaning; what it leaves can need another, since removing one thing can reveal the next."""
    if not _BLOCK_TAG.search(markup):
        markup = _paragraphs(markup.replace("<br>", "\n"))
    safe = _without_controls(_CLEANER.clean(markup))
    # Only between tags: form C of ">" and a following U+0338 is one character, and the tag would be none any more.
    if not unicodedata.is_normalized("NFC", safe):
        safe = _OUTSIDE_TAGS.sub(lambda found: unicodedata.normalize("NFC", found[0]), safe)
    return _EMPTY.sub("", safe).strip()


def _escaped(written: str) -> str:
    return escape(written, quote=False).replace("\xa0", "&nbsp;")


def _paragraphs(escaped: str) -> str:
    paragraphs = (
        "<br>".join(filter(None, (one.strip() for one in paragraph.split("\n"))))
        for paragraph in _BLANK_LINES.split(escaped)
    )
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _seen(markup: str) -> str:
    """The text of simplified markup: blank lines where blocks meet, a new line for each br. Other line ends are blanks,
    as everywhere in HTML, unless there are no blocks: then they were meant."""
    if _BLOCK_TAG.search(markup):
        markup = _BLOCK_TAG.sub("\n\n", markup.replace("\n", " "))
    return unescape(_ANY_TAG.sub("", markup.replace("<br>", "\n")))
