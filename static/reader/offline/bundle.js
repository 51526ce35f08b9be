// The offline bundle and what changes between two of them: sallyport/offline/bundle.py.
import { context, fromBase64, same } from "../bytes.js";
import { parseKeys } from "../protocol.js";
import { unpackHandles } from "./handles.js";
import { doorOf } from "./rules.js";

const BUNDLE = context("sallyport/bundle/1");
const CHANGES = context("sallyport/changes/1");
const BUNDLE_HEAD = 16 + 4 + 8 + 8 + 4 + 8 + 4;
const CHANGES_HEAD = 16 + 4 + 8 + 8 + 8 + 4;
export const CREDENTIAL_LISTS = ["revoked", "suspended", "inactive"];
const LISTS = [...CREDENTIAL_LISTS, "devices"];

/** These bytes are no bundle, or no changes, for this reader; it keeps what it has. */
export class BundleWrong extends Error {}

function wrong(why) {
  throw new BundleWrong(why);
}

function wholeNumber(value) {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("not a whole number");
  return value;
}

const levelsOf = (told) => new Map(told.map(([profile, levels]) => [wholeNumber(profile), levels.map(wholeNumber)]));

/** Head and body, after the signature was found good: the body is not looked at before. */
async function opened(bytes, signature, verify, [name, size]) {
  const start = name.length + size;
  if (bytes.length < start || !same(bytes.subarray(0, name.length), name)) wrong("something else");
  if (!(await verify(bytes, signature))) wrong("not signed by the company's key");
  const head = new DataView(bytes.buffer, bytes.byteOffset + name.length, size);
  if (bytes.length !== start + head.getUint32(size - 4)) wrong("cut");
  const big = (at) => wholeNumber(Number(head.getBigUint64(at)));
  return { head, big, company: bytes.slice(name.length, name.length + 16), text: bytes.subarray(start) };
}

function read(text, made) {
  try {
    return made(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)));
  } catch {
    return wrong("signed, but not understood");
  }
}

function keysOf(text, company, reader) {
  const list = parseKeys(fromBase64(text));
  if (!same(list.company, company) || list.reader !== reader) throw new RangeError("for another reader");
  return list.sets;
}

/**
 * The bundle of signed bytes, numbered above `above`. `verify` is of the company's bundle key. Throws BundleWrong.
 * {company, reader, number, atMs, epoch, seq, door, profiles, gone, mode, trust, life, pulseMs, keys}
 */
export async function openBundle(bytes, signature, { verify, company, reader, above }) {
  const found = await opened(bytes, signature, verify, [BUNDLE, BUNDLE_HEAD]);
  const { head, big } = found;
  if (!same(found.company, company) || head.getUint32(16) !== reader) wrong("made for another reader");
  if (big(20) <= above) wrong("older than the one that is held");
  const told = { company, reader, number: big(20), atMs: big(28), epoch: head.getUint32(36), seq: big(40) };
  return read(found.text, (body) => ({
    ...told,
    door: doorOf(body.door),
    profiles: levelsOf(body.profiles),
    gone: Object.fromEntries(LISTS.map((name) => [name, unpackHandles(fromBase64(body.gone[name]))])),
    mode: String(body.mode),
    trust: wholeNumber(body.trust),
    life: wholeNumber(body.life),
    pulseMs: wholeNumber(body.pulse_ms),
    keys: keysOf(body.keys, company, reader),
  }));
}

/** {company, epoch, seqBefore, seq, atMs, credentials, devices, profiles, reload} of signed bytes. Throws BundleWrong. */
export async function openChanges(bytes, signature, { verify, company }) {
  const found = await opened(bytes, signature, verify, [CHANGES, CHANGES_HEAD]);
  if (!same(found.company, company)) wrong("made for another company");
  const { head, big } = found;
  const told = { company, epoch: head.getUint32(16), seqBefore: big(20), seq: big(28), atMs: big(36) };
  return read(found.text, (body) => {
    const credentials = new Map(body.credentials);
    const known = [...credentials.values()].every((where) => where === "" || CREDENTIAL_LISTS.includes(where));
    if (!known || typeof body.reload !== "boolean") throw new RangeError("an unknown list");
    const devices = new Map(body.devices);
    return { ...told, credentials, devices, profiles: levelsOf(body.profiles), reload: body.reload };
  });
}

/** The bundle after the changes; the same one where it knows them already. Throws BundleWrong for a gap. */
export function withChanges(bundle, changes) {
  if (changes.epoch !== bundle.epoch || changes.seqBefore > bundle.seq) {
    wrong("changes are missing between the bundle and these");
  }
  if (changes.seq < bundle.seq) return bundle;
  const gone = Object.fromEntries(LISTS.map((name) => [name, new Set(bundle.gone[name])]));
  const put = (name, handle, there) => gone[name][there ? "add" : "delete"](handle);
  for (const [handle, where] of changes.credentials) {
    for (const name of CREDENTIAL_LISTS) put(name, handle, name === where);
  }
  for (const [handle, there] of changes.devices) put("devices", handle, there);
  return {
    ...bundle,
    // What asks for a new bundle has not been applied by this: the list is as old as it was.
    atMs: changes.reload ? bundle.atMs : Math.max(bundle.atMs, changes.atMs),
    seq: changes.seq,
    profiles: new Map([...bundle.profiles, ...changes.profiles]),
    gone,
  };
}
