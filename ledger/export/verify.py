"""Says whether an export of a Sallyport record holds, or which entry is the first that does not.

    python -I verify.py EXPORT.zip [--anchor HEX] [--head NUMBER:HASH or FILE] [--event READER:COUNTER]

Needs Python 3.11 and the package cryptography, nothing of Sallyport: the bytes are in docs/signed-bytes.md.
Ends with 0 (valid), 1 (it does not hold), 2 (it cannot be read). Memory does not grow with the record.
"""

import argparse
import base64
import bisect
import contextlib
import functools
import hashlib
import io
import itertools
import json
import math
import re
import struct
import sys
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

Entry = dict[str, Any]
FORMAT = "sallyport/record-export/1"
LINE = 1 << 24  # no line is as long as this
INT, BOOL, HEAD = {int}, {bool}, ("position", "kind", "leaf")
_EVENT = (
    "reader counter at_ms reader_at_ms access_point credential device profile issued nonce code_hash granted"
    " reason assurance policy_epoch policy_seq facts offline"
)
EVENT = (*HEAD, *_EVENT.split())
DEED = (*HEAD, "id", "at_ms", "actor", "verb", "subject_kind", "handle", "data", "subject", "payload")
FIXED, CHECKPOINT = struct.Struct(">16sIQqqIIIIII32s?BBIQ?"), struct.Struct(">16sQ32s32sQQq")
CHECKPOINT_NAME, WITNESS_NAME = b"sallyport/checkpoint/1\0", b"sallyport/witness/1\0"
# A reason is hashed as its number: its place in this list, the first is 1.
_NAMES = (
    "reader_unknown reader_suspended clock_skew rate_limited malformed unknown_key wrong_company bad_seal"
    " bad_signature not_yet_valid expired replayed unknown_credential credential_revoked device_revoked"
    " credential_suspended holder_inactive visit_not_active lockdown not_allowed_here outside_schedule"
    " wrong_door passback area_full second_person_required offline_refused list_too_old consent_missing"
    " assurance_too_low second_factor_required second_factor_wrong face_required face_busy liveness_failed"
    " face_mismatch server_unavailable granted"
)
REASONS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
TOLD = {
    "elsewhere": "sealed under another checkpoint",
    "apart": "handed in and kept apart",
    "acknowledged": "missing, and a deed on record says why",
    "pruned": "deleted when their time was over",
}
WRONG = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, struct.error)


class Bad(Exception):  # noqa: N818 - named for what is found
    """What does not hold: its place, and what is wrong with it."""


def bad(place: str, text: str) -> NoReturn:
    raise Bad(f"{place}: {text}")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def once(pairs: list[tuple[str, Any]]) -> Entry:
    if len(made := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")  # two readers of it would read two things
    return made


DECODE = json.JSONDecoder(object_pairs_hook=once).raw_decode


def read(data: bytes) -> Entry:
    """One JSON object and nothing beside it."""
    found, end = DECODE(said := data.decode())
    if type(found) is not dict or said[end:] not in {"", "\n"}:
        raise TypeError("not one object")
    return cast(Entry, found)


class Export:
    """The files of an export, in a ZIP or a folder."""

    def __init__(self, path: Path) -> None:
        self.root: Path | zipfile.Path = path
        if not path.is_dir():
            names = (archive := zipfile.ZipFile(path)).namelist()
            if len(names) != len(set(names)):
                raise ValueError("two files in it have one name")
            self.root = zipfile.Path(archive)

    def open(self, name: str) -> io.BufferedReader:
        return io.BufferedReader(cast("io.RawIOBase", (self.root / name).open("rb")), 1 << 18)

    def manifest(self) -> Entry:
        with self.open("manifest.json") as file:
            found = read(file.read(LINE).strip())
        if found.get("format") != FORMAT:
            raise ValueError(f"its manifest is not of the format {FORMAT}")
        return found

    def lines(self, name: str) -> Iterator[tuple[int, Entry]]:
        with self.open(name) as file:
            for number, line in enumerate(iter(lambda: file.readline(LINE), b""), 1):
                try:
                    told = read(line)
                except WRONG as error:
                    bad(f"{name} line {number}", f"cannot be read ({error})")
                yield number, told


@functools.lru_cache(maxsize=4096)
def verifier(raw: bytes) -> Callable[[bytes, bytes], None]:
    if len(raw) == 32:  # Ed25519; 65 bytes are a point of P-256
        return ed25519.Ed25519PublicKey.from_public_bytes(raw).verify
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    return lambda signature, data: point.verify(
        encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:])),
        data,
        ec.ECDSA(hashes.SHA256()),
    )


def signed(keys: list[bytes], data: bytes, signature: bytes) -> bool:
    for raw in keys:
        with contextlib.suppress(InvalidSignature, ValueError):
            verifier(raw)(signature, data)
            return len(signature) == 64
    return False


class Keys:
    """Whose signatures count: what the company's anchor has signed."""

    def __init__(self, told: Entry, company: bytes, anchor: str | None) -> None:
        self.anchor = str(told["anchor"])
        data = base64.b64decode(told["list"], validate=True)
        if anchor is not None and anchor.lower() != self.anchor:
            bad("manifest.json", f"its anchor key is {self.anchor}, not that which you know: keys are forged")
        if not signed([bytes.fromhex(self.anchor)], data, base64.b64decode(told["signature"], validate=True)):
            bad("manifest.json", "the anchor key has not signed this list of keys")
        name = b"sallyport/record-keys/1\0"
        if data[: len(name) + 16] != name + company:
            bad("manifest.json", "the list of keys is not this company's")
        at = len(name) + 28  # behind the company: when it was made, 8 bytes, and a count
        end = at + 32 * struct.unpack_from(">I", data, at - 4)[0]
        self.checkpoint = [data[n : n + 32] for n in range(at, end, 32)]
        (count,), at = struct.unpack_from(">I", data, end), end + 4
        self.readers: dict[int, list[bytes]] = {}
        for _ in range(count):
            reader, size = struct.unpack_from(">IH", data, at)
            self.readers.setdefault(reader, []).append(data[at + 6 : at + 6 + size])
            at += 6 + size
        if at != len(data):
            bad("manifest.json", "the list of keys has another length than it says")


def text(value: str) -> bytes:
    return struct.pack(">I", len(data := value.encode())) + data


def event_leaf(company: bytes, e: Entry) -> bytes:
    if tuple(e) != EVENT:
        raise ValueError("not the fields of an event")
    there, opened = 0, [e["credential"], e["device"], e["profile"], e["issued"], e["nonce"]]
    for place, value in enumerate(opened):
        if value is None:
            opened[place] = 0
        else:
            there |= 1 << place
    numbers = (e["reader"], e["counter"], e["at_ms"], e["reader_at_ms"], e["access_point"], *opened)
    policy = (e["assurance"], e["policy_epoch"], e["policy_seq"])
    if set(map(type, numbers + policy)) != INT or {type(e["granted"]), type(e["offline"])} != BOOL:
        raise TypeError("a field of another type")
    there |= opened[4] >> 32 << 5  # a proof over a pass has the nonce 2^32
    code = bytes.fromhex(e["code_hash"])
    if len(code) != 32:
        raise ValueError("a hash has 32 bytes")
    decided = (code, e["granted"], REASONS[e["reason"]], *policy, e["offline"])
    fixed = FIXED.pack(company, *numbers[:-1], opened[4] & 0xFFFFFFFF, *decided)
    return sha(b"\0sallyport/event/1\0" + bytes((there,)) + fixed + text(e["facts"]))


def deed_leaf(company: bytes, d: Entry) -> bytes:
    if tuple(d) != DEED:
        raise ValueError("not the fields of a deed")
    handle, subject, payload = d["handle"], d["subject"], base64.b64decode(d["payload"], validate=True)
    if type(d["at_ms"]) is not int or (handle is not None and type(handle) is not int):
        raise TypeError("a field of another type")
    parts = (
        *(b"\0sallyport/deed/1\0", company, uuid.UUID(d["id"]).bytes, struct.pack(">q", d["at_ms"])),
        *(text(d["actor"]), text(d["verb"]), text(d["subject_kind"])),
        *(b"\0" if handle is None else b"\1" + struct.pack(">Q", handle), text(d["data"])),
        b"\0" if subject is None else b"\1" + uuid.UUID(subject).bytes,
        *(struct.pack(">I", len(payload)), payload),
    )
    return sha(b"".join(parts))


LEAVES = {"scan": event_leaf, "deed": deed_leaf}


def batch_of(leaves: list[bytes]) -> bytes:
    return sha(b"\0sallyport/batch/1\0" + struct.pack(">I", len(leaves)) + b"".join(leaves))


def climb(level: list[bytes], index: int = 0) -> tuple[bytes, list[str]]:
    """The Merkle root (RFC 6962 section 2.1) over these hashes, and the way to it from the one at `index`."""
    way = []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            way.append(f"node    with {level[beside].hex()} on its {'left' if beside < index else 'right'}")
        above = [sha(b"\1" + level[n] + level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level, index = above + level[len(level) & ~1 :], index >> 1
        if beside < 2 * len(above):
            way.append(f"     -> {level[index].hex()}")
    return level[0], way


class Counts(dict[int, tuple[dict[int, int], dict[int, int]]]):
    # By reader: runs of its numbers, by first and by last. In whatever order they come, there are few runs.
    def add(self, reader: int, counter: int) -> None:
        starts, ends = self.setdefault(reader, ({}, {}))
        if counter in starts or counter in ends:
            bad(f"reader {reader}", f"event {counter} stands here twice")
        first, last = ends.pop(counter - 1, counter), starts.pop(counter + 1, counter)
        starts[first], ends[last] = last, first

    def check(self, told: list[Any]) -> Iterator[str]:
        """Raises Bad for numbers that nothing stands under and nobody speaks of; yields what is spoken of."""
        for reader, (starts, _) in sorted(self.items()):
            runs = sorted(starts.items())
            said = sorted((first, last, why) for handle, first, last, why in told if handle == reader)
            for before, after in itertools.pairwise(runs):
                if after[0] <= before[1]:
                    bad(f"reader {reader}", f"event {after[0]} stands here twice")
                at = before[1] + 1
                for first, last, why in [*said, (after[0], 0, "")]:
                    if at < min(first, after[0]):
                        bad(f"reader {reader}", f"events {at} to {min(first, after[0]) - 1} are missing")
                    if first <= at <= last and at < after[0]:
                        end = min(last, after[0] - 1)
                        yield f"events {at} to {end} of reader {reader} are not here: {TOLD[why]}"
                        at = end + 1


class Walk:
    """One pass over checkpoints, batches and entries, all three in their order."""

    def __init__(self, export: Export, keys: Keys, company: bytes, wanted: object) -> None:
        self.keys, self.company, self.wanted = keys, company, wanted
        self.checkpoints = export.lines("checkpoints.jsonl")
        self.batches, self.entries = export.lines("batches.jsonl"), export.lines("entries.jsonl")
        self.next = next(self.entries, None)
        self.counts = Counts()
        self.number = self.position = self.at = self.first = 0
        self.hash = self.previous = b""
        self.numbers: dict[int, bytes] = {}
        self.made = {"entries": 0, "batches": 0, "checkpoints": 0}
        self.held = self.unheld = self.pruned = 0
        self.leaves, self.runs = set[str](), list[list[int]]()  # retention left nothing else of these
        deeds = export.lines("pruned.jsonl") if (export.root / "pruned.jsonl").exists() else ()
        for line, told in deeds:
            self.deleted(f"pruned.jsonl line {line}", told)
        self.runs.sort()
        self.proof: list[str] = []
        self.place: tuple[int, int, list[bytes]] | None = None  # of the wanted entry; leaves of its batch

    def run(self, held: dict[int, bytes]) -> None:
        for line, told in self.checkpoints:
            try:
                self.checkpoint(f"checkpoints.jsonl line {line}", told)
            except WRONG as error:
                bad(f"checkpoints.jsonl line {line}", f"cannot be read ({error!r})")
            if self.number in held:
                self.numbers[self.number] = self.hash
        for name, left in (("batches.jsonl", next(self.batches, None)), ("entries.jsonl", self.next)):
            if left is not None:
                bad(f"{name} line {left[0]}", "no checkpoint of this export covers it")
        if not self.made["checkpoints"]:
            raise ValueError("there is no checkpoint in it")

    def opened(self, where: str, told: Entry) -> tuple[bytes, bytes, tuple[Any, ...]]:
        """A checkpoint that is signed: its bytes, its signature, what it says."""
        data, signature = (base64.b64decode(told[name], validate=True) for name in ("bytes", "signature"))
        begin = CHECKPOINT_NAME + self.company
        if len(data) != len(CHECKPOINT_NAME) + CHECKPOINT.size or data[: len(begin)] != begin:
            bad(where, "this is no checkpoint of this company")
        said = CHECKPOINT.unpack_from(data, len(CHECKPOINT_NAME))[1:]
        if not signed(self.keys.checkpoint, data, signature):
            bad(f"{where} (checkpoint {said[0]})", "forged or changed: no key of this company has signed it")
        return data, signature, said

    def deleted(self, where: str, told: Entry) -> None:
        """Take up what a deed, sealed under a checkpoint, says of entries that were deleted in time."""
        try:
            (_, _, root, *_), deed = self.opened(where, told)[2], told["deed"]
            batches = [bytes.fromhex(one) for one in told["batches"]]
            mine = batch_of([deed_leaf(self.company, deed)]) in batches and climb(batches)[0] == root
            if not mine or deed["verb"] != "record_pruned":
                raise ValueError("no checkpoint covers it, or it says nothing of the kind")
            self.leaves.update((data := json.loads(deed["data"]))["leaves"])
            self.runs.extend(data["positions"])
        except WRONG as error:
            bad(where, f"this is no deed that says what was deleted in time: {error}")

    def checkpoint(self, where: str, told: Entry) -> None:
        data, signature, (number, previous, root, first, last, at) = self.opened(where, told)
        where += f" (checkpoint {number})"
        self.link(where, number, previous, (first, last, at))
        found = [self.batch(position, number) for position in range(first, last + 1)]
        if climb(found)[0] != root:
            bad(where, f"its batches {first} to {last} are not those that were sealed, or in another order")
        self.number, self.position, self.at, self.hash = number, last, at, sha(data)
        self.witnesses(where, told["witnesses"])
        self.made["checkpoints"] += 1
        if self.place and not self.proof:
            self.prove(found, first, data, signature)

    def link(self, where: str, number: int, previous: bytes, said: tuple[int, int, int]) -> None:
        first, last, at = said
        begins, no_first = not self.made["checkpoints"], previous != bytes(32) or first != 1
        if begins:
            self.first, self.previous = number, previous
        elif number != self.number + 1:
            bad(where, f"it follows checkpoint {self.number}: one was dropped, put in or moved")
        elif previous != self.hash:
            bad(where, f"it does not link the checkpoint {self.number} before it")
        elif first != self.position + 1 or at < self.at:
            bad(where, "its positions or its time do not follow those before it")
        if last < first or (begins and number == 1 and no_first):
            bad(where, "it covers nothing, or is the first one and links another")

    def witnesses(self, where: str, told: list[Entry]) -> None:
        for one in told:
            reader, seen, by = one["reader"], bytes.fromhex(one["hash"]), f"reader {one['reader']}"
            data = WITNESS_NAME + struct.pack(">16sIQ32s", self.company, reader, self.number, seen)
            keys = self.keys.readers.get(reader)
            if keys is None:
                self.unheld += 1
            elif not signed(keys, data, base64.b64decode(one["signature"], validate=True)):
                bad(where, f"the countersignature of {by} is not its own")
            elif seen != self.hash:
                bad(where, f"{by} has countersigned another checkpoint of this number: the record was forked")
            else:
                self.held += 1

    def batch(self, position: int, number: int) -> bytes:
        line, told = next(self.batches, (0, {}))
        where = f"batches.jsonl line {line} (batch {position}, checkpoint {number})"
        if told.get("position") != position:
            bad(where, f"batch {told.get('position')} stands here: one was dropped, put in or moved")
        kind, count = told.get("kind", ""), told.get("count")
        if kind not in LEAVES or type(count) is not int or not 1 <= count < 1 << 32:
            bad(where, "nobody knows its kind or its size")
        begins = self.next[0] if self.next else 0
        of = f"batch {position}, checkpoint {number}"
        leaves = [self.entry(kind, position, index, of) for index in range(count)]
        if (digest := batch_of(leaves)).hex() != told.get("hash"):
            lines = f"entries.jsonl lines {begins} to {begins + count - 1} ({of})"
            bad(lines, "they are not the entries that were sealed: changed, dropped, swapped or moved")
        if self.place and self.place[0] == position:
            self.place[2].extend(leaves)
        self.made["batches"] += 1
        return digest

    def entry(self, kind: str, position: int, index: int, of: str) -> bytes:
        if self.next is None:
            bad("entries.jsonl", f"it ends, and entries of {of} are missing")
        line, told = self.next
        if told.get("position") != position or told.get("kind") != kind:
            who = f"entries.jsonl line {line} ({name_of(told)})"
            bad(who, f"an entry of {of} is due here: one was dropped, put in, swapped or moved")
        gone = "pruned" in told
        try:
            leaf = self.absent(position, told["leaf"]) if gone else LEAVES[kind](self.company, told)
            if leaf.hex() != told["leaf"]:
                raise ValueError("the entry was changed")
        except WRONG as error:
            bad(f"entries.jsonl line {line} ({name_of(told)}, {of})", f"not what was sealed: {error}")
        key = None if gone else told["id"] if kind == "deed" else (told["reader"], told["counter"])
        if kind == "scan" and not gone:
            self.counts.add(told["reader"], told["counter"])
        if key and key == self.wanted:
            self.place = (position, index, [])
        self.made["entries"] += 1
        self.next = next(self.entries, None)
        return leaf

    def absent(self, position: int, leaf: str) -> bytes:
        """The leaf of an entry that was deleted: it may be absent exactly where a sealed deed says so."""
        run = bisect.bisect(self.runs, [position, math.inf]) - 1
        if leaf not in self.leaves and (run < 0 or position > self.runs[run][1]):
            raise ValueError("it was dropped, and no sealed deed says that it was deleted in time")
        self.pruned += 1
        return bytes.fromhex(leaf)

    def prove(self, batches: list[bytes], first: int, data: bytes, signature: bytes) -> None:
        position, index, leaves = self.place or (0, 0, [])
        self.proof = [
            f"{self.wanted} is included:",
            f"leaf    {leaves[index].hex()}, number {index + 1} of {len(leaves)} in batch {position}:",
            *(f"        {leaf.hex()}" for leaf in leaves),
            f"     -> {batches[position - first].hex()}, the batch's hash",
            *climb(batches, position - first)[1],
            f"which is the root in checkpoint {self.number}: {data.hex()}",
            f"     -> {self.hash.hex()}, the checkpoint's hash; signed: {signature.hex()}",
        ]


def name_of(told: Entry) -> str:
    if told.get("kind") == "scan":
        return f"event {told.get('reader')}:{told.get('counter')}"
    return f"deed {told.get('id')}"


def wanted_of(said: str) -> object:
    """(reader, counter) of an event, the id of a deed."""
    reader, _, counter = said.partition(":")
    return str(uuid.UUID(said)) if "-" in said else (int(reader), int(counter))


def held_of(said: str, company: bytes) -> dict[int, bytes]:
    """NUMBER:HASH; or a file: the lines of a witness, or what was read where checkpoints are published."""
    if not Path(said).is_file():
        number, _, digest = said.partition(":")
        return {int(number): bytes.fromhex(digest)}
    found = re.findall(r'"bytes": ?"([\w+/=]+)"', Path(said).read_text())
    raws = [raw for one in found if (raw := base64.b64decode(one)).startswith(CHECKPOINT_NAME + company)]
    return {CHECKPOINT.unpack_from(raw, len(CHECKPOINT_NAME))[1]: sha(raw) for raw in raws}


def compare(walk: Walk, held: dict[int, bytes]) -> str:
    if (head := max(held, default=0)) > walk.number:
        bad("checkpoints.jsonl", f"the tail is cut off: you hold checkpoint {head}, this is {walk.number}")
    known = {walk.first - 1: walk.previous, **walk.numbers}
    if not (both := sorted(known.keys() & held.keys())):
        raise ValueError(f"checkpoint {head} lies before its first one, {walk.first}: nothing to compare")
    if wrong := [number for number in both if known[number] != held[number]]:
        bad(f"checkpoint {wrong[0]}", "it is another one than you hold: the record was forked")
    return f"  {len(both)} checkpoints are as you hold them, the newest is number {both[-1]}"


def check(path: Path, anchor: str | None, head: str | None, event: object) -> list[str]:
    """What to say of a valid export. Raises Bad, and what WRONG names."""
    manifest = (export := Export(path)).manifest()
    company, told, gaps = bytes.fromhex(manifest["company"]), manifest["made"], list(manifest["gaps"])
    keys = Keys(manifest["keys"], company, anchor)
    walk = Walk(export, keys, company, event)
    walk.run(heads := held_of(head, company) if head else {})
    compared = [compare(walk, heads)] if head else []
    made = {**walk.made, "first": walk.first, "last": walk.number, "previous": walk.previous.hex()}
    if made != told:
        bad("manifest.json", f"it says {told}, and here is {made}: begin or end were cut off")
    said = [f"valid: {made['entries']} entries, {made['checkpoints']} checkpoints"]
    said.append(f"  number {walk.first} to {walk.number}, linking {walk.previous.hex()}")
    said.append(f"  {walk.held} countersignatures of readers hold, of {walk.unheld} the key is not known")
    said += compared + [f"  note: {note}" for note in walk.counts.check(gaps)]
    if walk.pruned:
        said.append(f"  note: of {walk.pruned} entries the hash alone is here: they were deleted in time")
    if anchor is None:
        said.append(f"  trusts the anchor key that the export names: {keys.anchor} (better: --anchor)")
    if event and not walk.proof:
        bad("entries.jsonl", f"{event} is not in this export, which is valid otherwise")
    return said + walk.proof


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("export", type=Path, help="the ZIP, or a folder with what was in it")
    parser.add_argument("--anchor", help="the company's anchor key, in hex, as you know it from elsewhere")
    parser.add_argument("--head", help="NUMBER:HASH of the newest checkpoint you hold, or a witness's file")
    parser.add_argument("--event", type=wanted_of, help="READER:COUNTER, or a deed's id: show its inclusion")
    said = parser.parse_args(arguments)
    try:
        lines, status = check(said.export, said.anchor, said.head, said.event), 0
    except Bad as found:
        lines, status = [f"NOT VALID: {found}"], 1
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, *WRONG) as error:
        lines, status = [f"cannot be read: {error or type(error).__name__}"], 2
    sys.stdout.write("\n".join(lines) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
