"""The product's own XML: an element for each field of a listing, with the field's name."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lxml import etree

from api.schema_problems import unknown
from store.errors import Problem

# Where JSON has a list, there is an element for each entry.
NAMES = {"places": "place"}

_LISTS = {"place": "places", "employment": "employment"}
_PARTS = {"salary": ("min", "max", "currency", "period"), "apply": ("url", "email")}
_FIELDS = (
    *("reference", "title", "description", "language", "employer", "place", "occupation", "employment", "remote"),
    *("salary", "published_at", "deadline", "apply", "site"),
)
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
_YES_NO = {"true": True, "1": True, "false": False, "0": False}


def listing(element: etree._Element) -> tuple[dict[str, Any], list[Problem]]:
    """The element as the listing that `load_listing` takes, and what has no place in it. An empty element counts as
    left out; a description may hold its HTML as text, in CDATA or as elements."""
    data: dict[str, Any] = {}
    problems = [unknown(str(name), ["reference"], "") for name in element.attrib if name != "reference"]
    if "reference" in element.attrib:
        data["reference"] = str(element.attrib["reference"])
    for child in element:
        name = etree.QName(child).localname
        if name not in _FIELDS:
            problems.append(unknown(name, _FIELDS, ""))
        elif (value := _value(child, name, problems)) in (None, {}):
            continue
        elif name in _LISTS:
            data.setdefault(_LISTS[name], []).append(value)
        elif name in data:
            problems.append(Problem(name, "is there twice", "one element"))
        else:
            data[name] = value
    return data, problems


def _value(child: etree._Element, name: str, problems: list[Problem]) -> Any:
    if name in _PARTS:
        return _parts(child, name, problems)
    if name == "description":
        return _markup(child)
    text = _text(child, name, problems)
    if name != "remote" or text is None:
        return text
    if text.lower() not in _YES_NO:
        problems.append(Problem(name, "is neither true nor false", "true or false"))
    return _YES_NO.get(text.lower())


def _parts(child: etree._Element, name: str, problems: list[Problem]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    texts: list[tuple[str, str | None]] = [(str(key), str(value).strip()) for key, value in child.attrib.items()]
    for one in child:
        key = etree.QName(one).localname
        texts.append((key, _text(one, f"{name}.{key}", problems)))
    for key, text in texts:
        path = f"{name}.{key}"
        if key not in _PARTS[name]:
            problems.append(unknown(key, _PARTS[name], name))
        elif key in parts:
            problems.append(Problem(path, "is there twice", "once, as an element or an attribute"))
        elif not text:
            continue
        elif key not in ("min", "max"):
            parts[key] = text
        elif _AMOUNT.fullmatch(text):
            parts[key] = Decimal(text)
        else:
            problems.append(Problem(path, "is not a number", "digits, such as 2500 or 2500.50"))
    return parts


def _text(element: etree._Element, path: str, problems: list[Problem]) -> str | None:
    if len(element):
        problems.append(Problem(path, "holds other elements", "text alone"))
        return None
    return (element.text or "").strip() or None


def _markup(element: etree._Element) -> str | None:
    for one in element.iterdescendants():
        one.tag = etree.QName(one).localname  # <h:p> of a namespace is <p> to a browser
    inside = [etree.tostring(child, encoding="unicode") for child in element]
    text = element.text or ""
    if inside:
        # Between elements, text is text: an ampersand that the parser has read must not become a reference again.
        text = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join([text, *inside]).strip() or None
