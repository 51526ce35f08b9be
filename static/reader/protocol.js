// What a reader signs and verifies, byte by byte: docs/signed-bytes.md, held to docs/vectors/signed.json.
import { concat, context, same, sized, u16, u8, u32, u64, utf8 } from "./bytes.js";
import { NUMBERS } from "./reasons.js";

export const pairBytes = ({ company, codeHash, publicKey, nonce }) =>
  concat(context("sallyport/pair/1"), company, codeHash, sized(publicKey), sized(nonce));

export const helloBytes = ({ company, reader, nonce, epoch, seq }) =>
  concat(context("sallyport/hello/1"), company, u32(reader), u32(epoch), u64(seq), sized(nonce));

export const ackBytes = ({ company, reader, epoch, seq, atMs }) =>
  concat(context("sallyport/ack/1"), company, u32(reader), u32(epoch), u64(seq), u64(atMs));

export const witnessBytes = ({ company, reader, number, hash }) =>
  concat(context("sallyport/witness/1"), company, u32(reader), u64(number), hash);

/** Throws RangeError for a reason that this page does not know: such an answer is no answer. */
export function answerBytes({ company, reader, counter, accessPoint, codeHash, granted, reason, pulseMs }) {
  const known = Object.hasOwn(NUMBERS, reason) ? NUMBERS[reason] : -1;
  return concat(
    context("sallyport/answer/1"),
    company,
    u32(reader),
    u64(counter),
    u32(accessPoint),
    codeHash,
    u8(granted ? 1 : 0),
    u8(known),
    u32(pulseMs),
  );
}

/** What is signed of where a reader's count stands; `nonce` is that of the request. */
export function nextBytes({ company, reader, counter, challenge, nonce }) {
  const asked = utf8(nonce);
  return concat(context("sallyport/next/1"), company, u32(reader), u64(counter), u8(challenge ? 1 : 0), u16(asked.length), asked);
}

/** What is signed of a whole answer; `digest` is that of its body, `nonce` that of the request. */
export function toldBytes({ company, reader, status, digest, nonce }) {
  const asked = utf8(nonce);
  return concat(context("sallyport/told/1"), company, u32(reader), u16(status), digest, u16(asked.length), asked);
}

const CHECKPOINT = context("sallyport/checkpoint/1");
const CHECKPOINT_BYTES = CHECKPOINT.length + 16 + 8 + 32 + 32 + 8 + 8 + 8;

/** {company, number, previous} of a checkpoint's bytes. Throws RangeError for other bytes. */
export function parseCheckpoint(bytes) {
  if (bytes.length !== CHECKPOINT_BYTES || !same(bytes.subarray(0, CHECKPOINT.length), CHECKPOINT)) {
    throw new RangeError("not a checkpoint");
  }
  const at = CHECKPOINT.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    company: bytes.slice(at, at + 16),
    number: Number(view.getBigUint64(at + 16)),
    previous: bytes.slice(at + 24, at + 56),
  };
}

export const bundleKeyBytes = ({ company, bundleKey }) =>
  concat(context("sallyport/bundle-key/1"), company, bundleKey);

const KEYS = context("sallyport/keys/1");
const KEYS_HEAD = KEYS.length + 16 + 4 + 8 + 2;
const KEY_SET = 4 + 64 + 32 + 8 + 8;

/** {company, reader, atMs, sets} of a list of keys. Throws RangeError for other bytes. */
export function parseKeys(bytes) {
  if (bytes.length < KEYS_HEAD || !same(bytes.subarray(0, KEYS.length), KEYS)) throw new RangeError("no keys");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = KEYS.length;
  const count = view.getUint16(at + 28);
  if (bytes.length !== KEYS_HEAD + count * KEY_SET) throw new RangeError("cut");
  const sets = Array.from({ length: count }, (_, place) => {
    const start = KEYS_HEAD + place * KEY_SET;
    return {
      keyId: view.getUint32(start),
      seal: bytes.slice(start + 4, start + 68),
      verify: bytes.slice(start + 68, start + 100),
      notBefore: Number(view.getBigUint64(start + 100)),
      notAfter: Number(view.getBigUint64(start + 108)) || null,
    };
  });
  return { company: bytes.slice(at, at + 16), reader: view.getUint32(at + 16), atMs: Number(view.getBigUint64(at + 20)), sets };
}

/** The company's id as it is written in addresses of keys: `reader:<company>:<reader>`. */
export const keyid = (companyId, reader) => `reader:${companyId}:${reader}`;

/** A typed code as it was drawn: look-alike letters are one (Crockford's Base32). */
export function typedCode(text) {
  return text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1")
    .slice(0, 8);
}

/** The signature base of RFC 9421 in the one form the server accepts. */
export function signatureBase({ method, url, digest, params }) {
  return utf8(
    `"@method": ${method}\n"@target-uri": ${url}\n"content-digest": ${digest}\n"@signature-params": ${params}`,
  );
}
