// The kiosk's key: P-256, made here; its private half can be used by this page and read by nobody.
const OWN = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };

/** {privateKey, publicKey (65 bytes)} of a new key. */
export async function made() {
  const pair = await crypto.subtle.generateKey(OWN, false, ["sign", "verify"]);
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

export async function sign(privateKey, bytes) {
  return new Uint8Array(await crypto.subtle.sign(SIGN, privateKey, bytes));
}
