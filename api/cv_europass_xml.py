"""Europass's XML as the tree that its JSON is: no entities, nothing fetched, and no more of it than a CV needs."""

from __future__ import annotations

from typing import Any

from lxml import etree

from api.cv_europass_write import DATE_PARTS
from store.errors import Invalid, Problem

MOST_ELEMENTS = 20_000
RIGHT = "a Europass CV (SkillsPassport or Candidate), as XML or JSON"


def refusal(reason: str, right: str = RIGHT) -> Invalid:
    """The error for what is no Europass document."""
    return Invalid([Problem("", reason, right)])


def root_of(data: bytes) -> etree._Element:
    """The outermost element. Raises Invalid for what is no XML, has a document type declaration, or has too much."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal("is not XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal("has a document type declaration", "the same file without <!DOCTYPE ...>")
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise refusal(f"has more than {MOST_ELEMENTS:,} elements")
    return root


def tree_of_xml(element: etree._Element) -> Any:
    """An element as JSON has it: names without their namespaces, text where there are no members, a list where a name
    comes again or ends in List, dates out of their attributes. The parser limits the depth to 256."""
    dated = {}
    for part, (attribute, _) in DATE_PARTS.items():
        if number := (element.get(attribute) or "").strip("- "):
            dated[part] = number
    if dated:
        return dated
    if not len(element):
        return element.text or ""
    members: dict[str, Any] = {}
    for child in element:
        name, value = etree.QName(child).localname, tree_of_xml(child)
        one = name.removesuffix("List")
        if one != name and isinstance(value, dict):
            inner = value.get(one, [])
            members[one] = inner if isinstance(inner, list) else [inner]
        elif name in members:
            known = members[name]
            members[name] = [*(known if isinstance(known, list) else [known]), value]
        else:
            members[name] = value
    return members
