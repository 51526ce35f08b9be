"""The files of an answer, and the locked ZIP: another library opens it, and only with the passphrase."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
import pyzipper

from compliance.answers import files, phrase, zip_aes
from compliance.answers.contents import Answer, Chapter, TableTold, free_cells, without

AT = datetime(2026, 11, 26, 20, 1, tzinfo=UTC)
EVIL = '<script>alert(1)</script>"&'


def table(name: str = "notes", *, given: bool = False, rows: list[list[object]] | None = None) -> TableTold:
    columns = [
        {"key": "at", "title": "Time", "free": False},
        {"key": "note", "title": "Note", "free": True},
    ]
    made: object = {
        "name": name,
        "title": "Notes",
        "said": "",
        "given": given,
        "columns": columns,
        "rows": rows if rows is not None else [["2026-11-26T20:01:00+00:00", EVIL], [None, "=1+1"]],
    }
    return made  # type: ignore[return-value]


def answer(*tables: TableTold, language: str = "en") -> Answer:
    told = (Chapter("Your rights", ("You may <complain>.",)),)
    return Answer(7, "gdpr", language, "Acme & Sons", AT, told, (tables,))


def test_another_library_opens_it_with_the_passphrase_alone() -> None:
    passphrase = phrase.make()
    contents = [("index.html", b"<p>Hello</p>" * 9_000), ("tables/é.csv", b""), ("one", b"x")]
    packed = zip_aes.pack(contents, passphrase, at=AT)
    with pyzipper.AESZipFile(io.BytesIO(packed)) as opened:
        opened.setpassword(passphrase.encode())
        assert [(name, opened.read(name)) for name in opened.namelist()] == contents
        assert {info.wz_aes_strength for info in opened.infolist()} == {3}  # AES-256
        assert {info.wz_aes_version for info in opened.infolist()} == {2}
        assert opened.infolist()[0].date_time == (2026, 11, 26, 20, 1, 0)
        opened.setpassword(phrase.make().encode())
        with pytest.raises(RuntimeError):
            opened.read("index.html")
    with zipfile.ZipFile(io.BytesIO(packed)) as plain, pytest.raises((RuntimeError, NotImplementedError)):
        plain.read("index.html")
    assert b"Hello" not in packed


def test_a_bit_that_was_turned_is_seen() -> None:
    passphrase = phrase.make()
    packed = bytearray(zip_aes.pack([("one", bytes(5_000))], passphrase, at=AT))
    where = packed.index(b"PK\x01\x02") - 20
    packed[where] ^= 1
    with pyzipper.AESZipFile(io.BytesIO(bytes(packed))) as opened:
        opened.setpassword(passphrase.encode())
        with pytest.raises(Exception, match=r"(?i)bad|hmac|error"):
            opened.read("one")


def test_the_counter_goes_on_over_the_pieces() -> None:
    """Longer than is mixed at once, and no whole number of blocks."""
    content = bytes(range(256)) * 1_000 + b"tail"
    packed = zip_aes.pack([("long", content)], "abc", at=AT)
    with pyzipper.AESZipFile(io.BytesIO(packed)) as opened:
        opened.setpassword(b"abc")
        assert opened.read("long") == content
    stream = zip_aes._ctr(bytes(zip_aes.BLOCK * zip_aes.BLOCKS_AT_ONCE * 2 + 5), b"k" * 32)
    assert len({stream[at : at + 16] for at in range(0, len(stream), 16)}) == 2 * zip_aes.BLOCKS_AT_ONCE + 1


def test_a_passphrase_has_at_least_96_bits() -> None:
    found = {phrase.make() for _ in range(100)}
    assert len(found) == 100
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", one) for one in found)
    assert len(set(phrase.SIGNS)) == 32
    assert 5 * phrase.GROUPS * phrase.SIZE >= 96


def test_the_page_runs_nothing_and_hides_nothing() -> None:
    made = dict(files.access(answer(table(), table("empty", rows=[]))))
    page = made["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;" in page
    assert "You may &lt;complain&gt;." in page
    assert "What Acme &amp; Sons holds about you" in page
    assert "Nothing is held here." in page
    assert not re.search(r"(src|href|@import|url\()", page)  # asks nobody for anything
    assert 'lang="de"' in dict(files.access(answer(language="de")))["index.html"].decode()


def test_a_table_runs_no_formula() -> None:
    made = dict(files.access(answer(table())))
    text = made["tables/notes.csv"].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["Time", "Note"], ["2026-11-26T20:01:00+00:00", EVIL], ["", "'=1+1"]]
    assert all(line.startswith('"') for line in text.splitlines())


def test_the_json_says_the_same() -> None:
    told = json.loads(dict(files.access(answer(table())))["data.json"])
    assert (told["format"], told["request"], told["law"]) == ("sallyport-answer/1", 7, "gdpr")
    (found,) = told["parts"][0]
    assert found["rows"][0] == {"at": "2026-11-26T20:01:00+00:00", "note": EVIL}


def test_portability_is_json_of_what_the_person_gave() -> None:
    made = dict(files.portability(answer(table("person", given=True), table("deeds"))))
    assert set(made) == {"data.json"}
    told = json.loads(made["data.json"])
    assert [found["name"] for found in told["parts"][0]] == ["person"]


def test_two_persons_are_two_parts() -> None:
    made = dict(files.access(Answer(7, "gdpr", "en", "Acme", AT, (), ((table(),), (table(),)))))
    assert {"tables/part-1/notes.csv", "tables/part-2/notes.csv"} <= set(made)
    assert "Part 2 of 2" in made["index.html"].decode()


def test_a_withheld_cell_says_why() -> None:
    tables = [table()]
    assert [(name, row, key) for name, row, key, _ in free_cells(tables)] == [
        ("notes", 0, "note"),
        ("notes", 1, "note"),
    ]
    (found,) = without(tables, {"notes/0/note": "others"}, "en")
    assert found["rows"][0][1] == "(withheld: it is about somebody else, GDPR Art. 15(4))"
    assert found["rows"][1][1] == "=1+1"
