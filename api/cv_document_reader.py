"""The program that takes the text out of one PDF or DOCX from its standard input, under limits of memory and time; it
answers in JSON and knows nothing of the rest."""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator

import pypdf
from lxml import etree
from pypdf.errors import LimitReachedError, PyPdfError

MOST_PAGES = 50
LARGEST_STREAM = 20_000_000
MOST_TEXT = 2_000_000
MOST_ENTRIES = 2_000
HIGHEST_RATIO = 200
SMALL = 100_000  # what is not more than this unpacked is no bomb, however well it was packed

_WORD = ("word/document.xml",)
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
# Text that was deleted, field codes, and the second copy of a text box for programs that do not know the first.
_UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "sectPr"})
_PLAIN = "the same saved as PDF, or the text itself"


class Refused(Exception):
    """The file is not read: why, and what would be."""

    def __init__(self, reason: str, right: str) -> None:
        super().__init__(reason)
        self.answer = (reason, right)


def pdf(data: bytes) -> str:
    """The text of a PDF, page by page. Raises Refused."""
    pypdf.overwrite_configuration(
        maximum_declared_stream_length=LARGEST_STREAM,
        array_based_stream_maximum_output_length=LARGEST_STREAM,
        lzw_maximum_output_length=LARGEST_STREAM,
        run_length_maximum_output_length=LARGEST_STREAM,
        zlib_maximum_output_length=LARGEST_STREAM,
        brotli_maximum_output_length=LARGEST_STREAM,
        stream_decoding_work_maximum_length=LARGEST_STREAM,
        jbig2dec_binary=None,  # it would be run as a program
    )
    try:
        return "\n\n".join(_pages(data))
    except LimitReachedError as error:
        raise Refused("unpacks to more than a CV holds", "a PDF of text, without large pictures") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError) as error:
        # What its parser runs into with a broken file is not always an error of its own.
        raise Refused("is a broken PDF", "a PDF that other programs open") from error


def _pages(data: bytes) -> Iterator[str]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        raise Refused("is encrypted", "the same without a password")
    if len(reader.pages) > MOST_PAGES:
        raise Refused(f"has {len(reader.pages):,} pages", f"at most {MOST_PAGES} pages")
    streams = written = 0
    for page in reader.pages:
        contents = page.get_contents()
        streams += len(contents.get_data()) if contents is not None else 0
        if streams > LARGEST_STREAM:
            raise LimitReachedError
        text = page.extract_text()
        written += len(text)
        if written > MOST_TEXT:
            raise LimitReachedError
        yield text


def docx(data: bytes) -> str:
    """The text of a DOCX: headers, the body, footers, paragraph by paragraph. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _word(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise Refused("is a broken DOCX", "a DOCX that other programs open, or a PDF") from error


def _word(package: zipfile.ZipFile) -> str:
    entries = package.infolist()
    _check_entries(entries)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not names.issuperset(_WORD):
        raise Refused("is no DOCX, only a zip file", "a DOCX or a PDF")
    types = _read(package, "[Content_Types].xml").lower()
    lower = {name.lower() for name in names}
    if b"macroenabled" in types or b"vbaproject" in types or any("vbaproject" in name for name in lower):
        raise Refused("holds macros", f"{_PLAIN}: no document of a CV needs a program")
    if any("/activex/" in name or (name.endswith(".bin") and "/embeddings/" in name) for name in lower):
        raise Refused("holds embedded programs", _PLAIN)
    for name in sorted(names):
        if name.endswith(".rels"):
            _check_links(_xml(package, name))
    extra = sorted(name for name in names if name.startswith(("word/header", "word/footer")) and name.endswith(".xml"))
    parts = [name for name in extra if "header" in name] + [*_WORD] + [name for name in extra if "footer" in name]
    texts = ["\n".join(_paragraphs(_xml(package, name))).strip() for name in parts]
    return "\n\n".join(dict.fromkeys(filter(None, texts)))


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"holds {len(entries):,} files", f"at most {MOST_ENTRIES:,} files in a DOCX")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("is encrypted", "the same without a password")
    for entry in entries:
        name = entry.orig_filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or "\0" in name:
            raise Refused("holds a file with a path out of it", "a DOCX as a word processor saves it")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Refused("holds two files of one name", "a DOCX as a word processor saves it")
    packed, unpacked = (sum(getattr(entry, size) for entry in entries) for size in ("compress_size", "file_size"))
    dense = any(
        entry.file_size > SMALL and entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1) for entry in entries
    )
    if unpacked > LARGEST_STREAM or dense or (unpacked > SMALL and unpacked > HIGHEST_RATIO * max(packed, 1)):
        raise Refused("unpacks to more than a CV holds", "a DOCX of text, without large pictures")


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    # What the directory of a zip says of sizes need not be so.
    with package.open(name) as file:
        data = file.read(LARGEST_STREAM + 1)
    if len(data) > LARGEST_STREAM:
        raise Refused("unpacks to more than a CV holds", "a DOCX of text, without large pictures")
    return data


def _xml(package: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    data = _read(package, name)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in data:
            raise _declared() from error
        raise Refused("is a broken DOCX", "a DOCX that other programs open, or a PDF") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _declared()
    return root


def _declared() -> Refused:
    return Refused("holds a document type declaration", "a DOCX as a word processor saves it")


def _check_links(relations: etree._Element) -> None:
    for relation in relations:
        outside = (relation.get("TargetMode") or "").lower() == "external"
        if outside and not (relation.get("Type") or "").endswith("/hyperlink"):
            kind = (relation.get("Type") or "").rpartition("/")[2]
            known = kind if kind.isalpha() and len(kind) < 40 else "part"
            raise Refused(f"refers to something outside itself ({known})", _PLAIN)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _paragraphs(root: etree._Element) -> Iterator[str]:
    """Each paragraph of the part in its order; those of text boxes come after the one that holds them."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if _name(element) == "p":
            boxes: list[etree._Element] = []
            yield "".join(_runs(element, boxes))
            waiting += reversed(boxes)
        elif _name(element) not in _UNSEEN:
            waiting += reversed(element)


def _runs(element: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in _UNSEEN:
            yield from _runs(child, boxes)


def main() -> None:
    """Read standard input as the kind of file that the arguments name, within their memory (bytes) and time (s)."""
    kind, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        answer: dict[str, object] = {"text": {"pdf": pdf, "docx": docx}[kind](sys.stdin.buffer.read())}
    except Refused as refused:
        answer = {"problem": refused.answer}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
