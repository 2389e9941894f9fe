"""The text of a CV that comes as PDF or DOCX, for the person to check: read in a child process that can do nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

from store.errors import Invalid, Problem

LARGEST = 5_000_000
SECONDS = 10
MEMORY = 400_000_000
LONGEST_TEXT = 500_000
FIELD = "file"
RIGHT = "a PDF with text, or a DOCX"

_READER = Path(__file__).with_name("cv_document_reader.py")
_LEGACY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = (".docm", ".dotm")
_LIGATURES = {letter: unicodedata.normalize("NFKC", chr(letter)) for letter in range(0xFB00, 0xFB07)}
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BROKEN_WORD = re.compile("\xad\n?")
_BLANK_LINES = re.compile(r"\n{3,}")


def text_of(data: bytes, name: str) -> str:
    """The text of a PDF or a DOCX with this file name, line by line, Unicode form C, no control characters but line
    feeds and tabs. Nothing in the file is executed or fetched; hyperlinks leave their text. It takes `SECONDS` at most.

    Raises Invalid for everything else: what is too large, no such file, encrypted, without text, or looks made to harm.
    """
    if len(data) > LARGEST:
        raise _refusal(f"has {len(data):,} bytes", f"at most {LARGEST:,} bytes")
    kind = _kind(data, name)
    try:
        # An environment with nothing in it: passwords of services are none of the reader's business.
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(_READER), kind, str(MEMORY), str(SECONDS)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal(f"takes more than {SECONDS} seconds to read", "a simpler file, or the text itself") from error
    if done.returncode:
        raise _refusal("takes more time or memory to read than a CV does", "a simpler file, or the text itself")
    answer = json.loads(done.stdout)
    if "problem" in answer:
        raise _refusal(*answer["problem"])
    text = _tidy(answer["text"])
    if sum(letter.isalnum() for letter in text) < 20:
        raise _refusal("holds no text, only pictures perhaps", "a file whose text can be selected, or the text itself")
    return text


def _refusal(reason: str, right: str) -> Invalid:
    return Invalid([Problem(FIELD, reason, right)])


def _kind(data: bytes, name: str) -> str:
    if name.lower().endswith(_MACROS):
        raise _refusal("is a document with macros", "the same saved as DOCX without macros, or as PDF")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK"):
        return "docx"
    if data.startswith(_LEGACY):
        raise _refusal("is a document of Word before 2007, or is encrypted", "the same saved as DOCX or as PDF")
    raise _refusal("is neither a PDF nor a DOCX", RIGHT)


def _tidy(text: str) -> str:
    text = _BROKEN_WORD.sub("", _LINE_ENDS.sub("\n", text)).translate(_LIGATURES)
    kept = "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
    lines = (line.strip() for line in unicodedata.normalize("NFC", kept).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()[:LONGEST_TEXT]
