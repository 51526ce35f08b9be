// Keys: the reader's own P-256, and verifying what the server signed with Ed25519.
import { verifyAsync } from "../vendor/noble-ed25519/index.js";

const OWN = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };

/** A new key; its private half can be used by this page and read by nobody. */
export async function made() {
  const pair = await crypto.subtle.generateKey(OWN, false, ["sign", "verify"]);
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

export async function sign(privateKey, bytes) {
  return new Uint8Array(await crypto.subtle.sign(SIGN, privateKey, bytes));
}

/** A verifier of one Ed25519 key: by the browser where it can, by the bundled library where it cannot. */
export async function verifier(raw) {
  try {
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    return (bytes, signature) => crypto.subtle.verify({ name: "Ed25519" }, key, signature, bytes);
  } catch {
    return async (bytes, signature) => {
      try {
        return await verifyAsync(signature, bytes, raw, { zip215: false });
      } catch {
        return false;
      }
    };
  }
}
