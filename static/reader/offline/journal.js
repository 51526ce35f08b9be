// An entry of the journal, byte by byte: sallyport/offline/journal.py.
import { concat, context, sha256, u16, u32, u64, u8, utf8 } from "../bytes.js";
import { NUMBERS } from "../reasons.js";

export const FIRST_PREVIOUS = new Uint8Array(32);
export const MOST_HANDED_IN = 500;

/**
 * What the reader signs; the chain is made of the hashes of these bytes. An entry is {position, counter, atMs, code,
 * challenges, granted, reason, facts, epoch, seq, previous}.
 */
export async function entryBytes(entry, { company, reader }) {
  const { challenges, previous } = entry;
  if (company.length !== 16 || previous.length !== 32 || challenges.length > 2 || !Object.hasOwn(NUMBERS, entry.reason)) {
    throw new RangeError("company 16 bytes, hash 32, two challenges at most, a reason that is known");
  }
  const [first = 0, second = 0] = challenges;
  return concat(
    context("sallyport/journal/1"),
    company,
    u32(reader),
    u64(entry.position),
    u64(entry.counter),
    u64(entry.atMs),
    await sha256(utf8(entry.code)),
    u16(first),
    u16(second),
    u8(entry.granted ? 1 : 0),
    u8(NUMBERS[entry.reason]),
    u32(entry.epoch),
    u64(entry.seq),
    await sha256(utf8(entry.facts)),
    previous,
  );
}

/** The 32 bytes by which the next entry names this one. */
export const entryHash = (signed) => sha256(signed);
