// Points of P-256 (SEC 2, 2.4.2): passes carry them compressed, browsers read them whole.
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_ORDER = ORDER >> 1n;

export function toNumber(bytes) {
  let text = "0x";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return BigInt(text);
}

/** `size` bytes, big-endian; null where the number needs more. */
export function toBytes(value, size) {
  const text = value.toString(16).padStart(2 * size, "0");
  if (text.length > 2 * size) return null;
  return Uint8Array.from({ length: size }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

function power(base, exponent) {
  let [found, square] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) found = (found * square) % P;
    square = (square * square) % P;
  }
  return found;
}

/** The 65 bytes of a point of 33; null for bytes that are no point. */
export function whole(compressed) {
  const x = toNumber(compressed.subarray(1));
  if (compressed.length !== 33 || ![2, 3].includes(compressed[0]) || x >= P) return null;
  const square = (x ** 3n - 3n * x + B) % P;
  const positive = square < 0n ? square + P : square;
  let y = power(positive, (P + 1n) / 4n);
  if ((y * y) % P !== positive) return null;
  if (Number(y & 1n) !== (compressed[0] & 1)) y = P - y;
  const bytes = new Uint8Array(65);
  bytes[0] = 4;
  bytes.set(compressed.subarray(1), 1);
  bytes.set(toBytes(y, 32), 33);
  return bytes;
}

/** Whether a signature (r||s) is in the one spelling that codes take. */
export const hasLowerS = (signature) => toNumber(signature.subarray(32)) <= HALF_ORDER;
