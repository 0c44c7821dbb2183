"""What other servers write is read as plain words of a known shape, and refused where it could be anything else."""

from __future__ import annotations

import pytest

from tools.lookups.asking import UnreadableError
from tools.lookups.reading import as_text, as_xml, cleaned


def test_texts_of_others_are_cleaned_and_capped():
    assert cleaned("<b>E. coli</b>\u202e\x00 \n &amp; <script>alert(1)</script>") == "E. coli & alert(1)"
    assert cleaned("a" * 1000, 20) == "a" * 19 + "…"
    assert cleaned(None) == cleaned({"a": 1}) == ""
    assert cleaned("2 < 3 > 1") == "2 < 3 > 1"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'.encode("utf-16"), "application/xml"),
        (b"<a><b></a>", "application/xml"),
        (b"<a/>", "text/html"),
    ],
)
def test_xml_with_entities_or_faults_is_refused(body, content_type):
    with pytest.raises(UnreadableError):
        as_xml(body, content_type)


def test_a_web_page_is_no_file():
    for body, content_type in (
        (b"  <!DOCTYPE html><p>", "text/plain"),
        (b"x", "text/html"),
        (b"\xff\xfe\x00", "text/plain"),
    ):
        with pytest.raises(UnreadableError):
            as_text(body, content_type)
