// Bytes as the protocol writes them: big-endian numbers, base64 with padding, hexadecimal company ids.
export const utf8 = (text) => new TextEncoder().encode(text);

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function number(bytes, value) {
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("not a whole number");
  if (bytes === 8) view.setBigUint64(0, BigInt(value));
  else if (bytes === 4) view.setUint32(0, value);
  else if (bytes === 2) view.setUint16(0, value);
  else view.setUint8(0, value);
  return out;
}

export const u8 = (value) => number(1, value);
export const u16 = (value) => number(2, value);
export const u32 = (value) => number(4, value);
export const u64 = (value) => number(8, value);

/** A length of two bytes and the bytes. */
export const sized = (bytes) => concat(u16(bytes.length), bytes);

/** The name of what is signed, closed by a zero byte. */
export const context = (name) => concat(utf8(name), u8(0));

export function hex(text) {
  if (!/^([0-9a-f]{2})+$/.test(text)) throw new RangeError("not hexadecimal");
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function base64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
