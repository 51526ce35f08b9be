// Sealing by HPKE (RFC 9180): base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-GCM; one message per key.
import { concat, u16, u8, utf8 } from "../reader/bytes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const KEM = 0x0010;
const KDF = 0x0001;
const HASH_BYTES = 32;
const NONCE_BYTES = 12;
const KEM_SUITE = concat(utf8("KEM"), u16(KEM));
const NOTHING = new Uint8Array();

async function hmac(key, data) {
  // WebCrypto takes no empty key; zeros as long as the hash are the same key (RFC 2104).
  const raw = key.length ? key : new Uint8Array(HASH_BYTES);
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

const extract = (suite, salt, label, material) =>
  hmac(salt, concat(utf8("HPKE-v1"), suite, utf8(label), material));

/** RFC 5869's expansion; nothing here is longer than one block. */
async function expand(suite, secret, label, info, length) {
  const labelled = concat(u16(length), utf8("HPKE-v1"), suite, utf8(label), info);
  return (await hmac(secret, concat(labelled, u8(1)))).slice(0, length);
}

async function encapsulate(recipient, ephemeral) {
  const publicKey = await crypto.subtle.importKey("raw", recipient, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, ephemeral.privateKey, 256);
  const encapsulated = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
  const prk = await extract(KEM_SUITE, NOTHING, "eae_prk", new Uint8Array(shared));
  const secret = await expand(KEM_SUITE, prk, "shared_secret", concat(encapsulated, recipient), HASH_BYTES);
  return { encapsulated, secret };
}

async function schedule(secret, info, keyBytes) {
  const suite = concat(utf8("HPKE"), u16(KEM), u16(KDF), u16(keyBytes === 16 ? 0x0001 : 0x0002));
  const idHash = await extract(suite, NOTHING, "psk_id_hash", NOTHING);
  const infoHash = await extract(suite, NOTHING, "info_hash", info);
  const bound = concat(u8(0), idHash, infoHash);
  const prk = await extract(suite, secret, "secret", NOTHING);
  const key = await expand(suite, prk, "key", bound, keyBytes);
  const nonce = await expand(suite, prk, "base_nonce", bound, NONCE_BYTES);
  return { key, nonce };
}

/**
 * The encapsulated key (65 bytes) and the ciphertext. `recipient`: uncompressed point; `ephemeral`: a key pair for ECDH,
 * given only where it must be a known one; `keyBytes`: 32 for AES-256, 16 for AES-128.
 */
export async function seal({ recipient, info, plain, aad = NOTHING, ephemeral, keyBytes = 32 }) {
  const pair = ephemeral ?? (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]));
  const { encapsulated, secret } = await encapsulate(recipient, pair);
  const { key, nonce } = await schedule(secret, info, keyBytes);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const how = { name: "AES-GCM", iv: nonce, additionalData: aad, tagLength: 128 };
  return concat(encapsulated, new Uint8Array(await crypto.subtle.encrypt(how, imported, plain)));
}
