"""Files of all sorts in place of a CV: the text of good ones, a clear refusal of bad ones, and nothing that hangs."""

from __future__ import annotations

import io
import subprocess
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pypdf
import pytest
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from api import cv_documents
from api.cv_documents import LARGEST, SECONDS, text_of
from store.errors import Invalid

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/{}"/></Types>'
)
PLAIN = TYPES.format("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")
BODY = "<w:p><w:r><w:t>Kaisa Esimerkki, sairaanhoitaja</w:t></w:r></w:p>"


def _docx(body: Any = BODY, types: Any = PLAIN, **parts: str | bytes) -> bytes:
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return _zip({"[Content_Types].xml": types, "word/document.xml": document, **parts})


def _zip(files: Mapping[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return written.getvalue()


def _relation(kind: str, target: str, mode: str = "External") -> str:
    return (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    )


def _pdf(*contents: bytes, change: Callable[[pypdf.PdfWriter], None] = lambda _: None) -> bytes:
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for content in contents:
        page = writer.add_blank_page(width=595, height=842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream: Any = DecodedStreamObject()
        stream.set_data(content)
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode(9))
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _text(*lines: str) -> bytes:
    shown = b"".join(b"0 -20 Td (" + line.encode("cp1252") + b") Tj " for line in lines)
    return b"BT /F1 12 Tf 72 770 Td " + shown + b"ET"


GOOD_PDF = _pdf(_text("Kaisa Esimerkki", "Sairaanhoitaja, 3 200 €"), _text("Työkokemus: Åbo, päivystys"))


def _refusal(data: bytes, name: str) -> str:
    started = time.monotonic()
    with pytest.raises(Invalid) as refused:
        text_of(data, name)
    assert time.monotonic() - started < SECONDS + 3
    (problem,) = refused.value.problems
    assert problem.field == "file"
    assert problem.right
    return problem.reason


@pytest.mark.promise("A5")
def test_the_text_of_a_pdf_comes_page_by_page() -> None:
    assert text_of(GOOD_PDF, "cv.pdf") == ("Kaisa Esimerkki\nSairaanhoitaja, 3 200 €\n\nTyökokemus: Åbo, päivystys")


@pytest.mark.promise("A5")
def test_the_text_of_a_docx_comes_paragraph_by_paragraph() -> None:
    body = (
        "<w:p><w:pPr><w:pStyle w:val='Title'/></w:pPr><w:r><w:t>Kaisa </w:t></w:r><w:r><w:t>Esimerkki</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Puhelin</w:t><w:tab/><w:t>040 123 4567</w:t><w:br/><w:t>Helsinki</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>2019–</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:hyperlink><w:r><w:t>Saaren sairaala</w:t></w:r></w:hyperlink></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:delText>poistettu</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:p><w:r><w:t>Ennen</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>laatikko</w:t></w:r></w:p></w:txbxContent>"
        "</w:pict><w:t>jälkeen</w:t></w:r></w:p>"
    )
    header = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>kaisa@mail.example</w:t></w:r></w:p></w:hdr>'
    data = _docx(
        body,
        **{
            "word/header1.xml": header,
            "word/header2.xml": header,
            "word/_rels/document.xml.rels": _relation("hyperlink", "https://saari.example/"),
        },
    )
    assert text_of(data, "cv.docx") == (
        "kaisa@mail.example\n\nKaisa Esimerkki\nPuhelin\t040 123 4567\nHelsinki\n2019–\nSaaren sairaala\n\n"
        "Ennenjälkeen\nlaatikko"
    )


def test_what_typesetters_do_to_letters_is_undone() -> None:
    body = "<w:p><w:r><w:t>Eﬃcient oﬃce koor\xaddinoin\xad\u200bti \u202ea\u0308itiys ja muuta</w:t></w:r></w:p>"
    assert text_of(_docx(body), "cv.docx") == "Efficient office koordinointi äitiys ja muuta"


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "cv.pdf", "is neither a PDF nor a DOCX"),
        (b"Kaisa Esimerkki", "cv.docx", "is neither a PDF nor a DOCX"),
        (b"%PDF-1.7" + b" " * LARGEST, "cv.pdf", "has 5,000,008 bytes"),
        (b"%PDF-1.7\nnothing", "cv.pdf", "is a broken PDF"),
        (GOOD_PDF[:-300], "cv.pdf", "is a broken PDF"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
            "cv.doc",
            "is a document of Word before 2007, or is encrypted",
        ),
        (b"PK\x03\x04nothing", "cv.docx", "is a broken DOCX"),
        (_docx()[:-40], "cv.docx", "is a broken DOCX"),
        (_docx(body="<w:p>"), "cv.docx", "is a broken DOCX"),
        (_docx(body=""), "cv.docx", "holds no text, only pictures perhaps"),
        (_pdf(b"q 100 0 0 100 0 0 cm Q"), "cv.pdf", "holds no text, only pictures perhaps"),
        (_pdf(*[_text("sivu")] * 51), "cv.pdf", "has 51 pages"),
        (
            _pdf(_text("salainen"), change=lambda writer: writer.encrypt("salasana", algorithm="RC4-128")),
            "cv.pdf",
            "is encrypted",
        ),
        (
            _pdf(_text("salainen"), change=lambda writer: writer.encrypt("", "omistaja", algorithm="RC4-128")),
            "cv.pdf",
            "is encrypted",
        ),
    ],
    ids=range(14),
)
def test_what_is_no_good_file_is_refused(data: bytes, name: str, reason: str) -> None:
    assert _refusal(data, name) == reason


def _encrypted_zip() -> bytes:
    data = bytearray(_docx())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def _lying_zip() -> bytes:
    """A document that says of itself that it is small."""
    bomb = _zip({"[Content_Types].xml": PLAIN.encode(), "word/document.xml": b"\0" * 50_000_000})
    return bomb.replace((50_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (_docx(), "cv.docm", "is a document with macros"),
        (_docx(**{"word/vbaProject.bin": b"\0"}), "cv.docx", "holds macros"),
        (_docx(types=TYPES.format("vnd.ms-word.document.macroEnabled.main+xml")), "cv.docx", "holds macros"),
        (_docx(**{"word/activeX/activeX1.xml": "<a/>"}), "cv.docx", "holds embedded programs"),
        (_docx(**{"word/embeddings/oleObject1.bin": b"\0"}), "cv.docx", "holds embedded programs"),
        (
            _docx(**{"word/_rels/settings.xml.rels": _relation("attachedTemplate", "http://127.0.0.1:9/t.dotm")}),
            "cv.docx",
            "refers to something outside itself (attachedTemplate)",
        ),
        (
            _docx(**{"word/_rels/document.xml.rels": _relation("image", "file:///etc/hostname", "external")}),
            "cv.docx",
            "refers to something outside itself (image)",
        ),
        (_docx(**{"../../etc/cron.d/x": "x"}), "cv.docx", "holds a file with a path out of it"),
        (_docx(**{"/etc/passwd": "x"}), "cv.docx", "holds a file with a path out of it"),
        (_docx(**{"word\\..\\x": "x"}), "cv.docx", "holds a file with a path out of it"),
        (_docx(**{"WORD/document.xml": "x"}), "cv.docx", "holds two files of one name"),
        (_docx(**{f"x{number}": "" for number in range(2_000)}), "cv.docx", "holds 2,002 files"),
        (_docx(**{"word/media/a.bmp": b"\0" * 10_000_000}), "cv.docx", "unpacks to more than a CV holds"),
        (_docx(body="<w:p/>" * 4_000_000), "cv.docx", "unpacks to more than a CV holds"),
        (_lying_zip(), "cv.docx", "is a broken DOCX"),
        (_encrypted_zip(), "cv.docx", "is encrypted"),
        (_zip({"a.txt": b"x"}), "cv.docx", "is no DOCX, only a zip file"),
        (
            _docx(**{"word/document.xml": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'}),
            "cv.docx",
            "holds a document type declaration",
        ),
        (
            _docx(
                **{
                    "word/document.xml": "<!DOCTYPE a ["
                    + '<!ENTITY e0 "bang">'
                    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
                    + "]><a>&e11;</a>"
                }
            ),
            "cv.docx",
            "holds a document type declaration",
        ),
        (_docx(body="<w:sdt>" * 300 + "</w:sdt>" * 300), "cv.docx", "is a broken DOCX"),
    ],
    ids=range(20),
)
def test_what_looks_made_to_harm_is_refused(data: bytes, name: str, reason: str) -> None:
    assert _refusal(data, name) == reason


def test_streams_that_unpack_to_more_than_a_cv_are_refused() -> None:
    assert _refusal(_pdf(b" " * 21_000_000), "cv.pdf") == "unpacks to more than a CV holds"
    assert _refusal(_pdf(*[b" " * 6_000_000] * 4), "cv.pdf") == "unpacks to more than a CV holds"


def test_a_stream_that_was_packed_many_times_is_refused() -> None:
    def pack(writer: pypdf.PdfWriter) -> None:
        data = b" " * 30_000_000
        for _ in range(3):
            data = zlib.compress(data, 9)
        stream: Any = DecodedStreamObject()
        stream.set_data(data)
        stream[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * 3)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)

    assert _refusal(_pdf(_text("x"), change=pack), "cv.pdf") == "unpacks to more than a CV holds"


def test_pages_that_hold_themselves_come_to_an_end() -> None:
    def loop(writer: pypdf.PdfWriter) -> None:
        pages: Any = writer.root_object["/Pages"].get_object()
        pages["/Kids"].append(pages.indirect_reference)
        pages[NameObject("/Count")] = NumberObject(2)

    assert _refusal(_pdf(_text("x"), change=loop), "cv.pdf") in (
        "is a broken PDF",
        "unpacks to more than a CV holds",
        "takes more time or memory to read than a CV does",
    )


def test_what_takes_too_long_or_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    # Many operators: allowed by size, but more work than a CV is.
    slow = _pdf(b"BT " + b"(ab) Tj " * 200_000 + b"ET")
    monkeypatch.setattr(cv_documents, "SECONDS", 1)
    with pytest.raises(Invalid, match=r"takes more than 1 seconds|takes more time or memory"):
        text_of(slow, "cv.pdf")
    monkeypatch.setattr(cv_documents, "SECONDS", 10)
    monkeypatch.setattr(cv_documents, "MEMORY", 50_000_000)
    with pytest.raises(Invalid, match="takes more time or memory"):
        text_of(GOOD_PDF, "cv.pdf")


def test_the_reader_gets_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    run = subprocess.run

    def spy(command: list[str], **options: Any) -> Any:
        seen.update(options)
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", spy)
    text_of(GOOD_PDF, "cv.pdf")
    assert seen["env"] == {}
