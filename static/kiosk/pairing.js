// Pairing: a key is made here, and the typed code is answered with a proof that we hold it.
import { base64, concat, context, fromBase64, hex, sha256, sized, utf8 } from "../reader/bytes.js";
import { typedCode } from "../reader/protocol.js";
import { made, sign } from "./keys.js";
import { become, call } from "./requests.js";
import * as store from "./store.js";

const PAIR = "kiosks/pair";
export const SIGNS = 8;
export { typedCode };

export const pairBytes = ({ company, codeHash, publicKey, nonce }) =>
  concat(context("sallyport/kiosk-pair/1"), company, codeHash, sized(publicKey), sized(nonce));

async function proof(company, code) {
  // The key of a try that went wrong is used again: the server may have taken it and its answer got lost.
  const candidate = (await store.get("candidate")) ?? (await made());
  await store.put("candidate", candidate);
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const codeHash = await sha256(utf8(code));
  const signed = await sign(candidate.privateKey, pairBytes({ company, codeHash, publicKey: candidate.publicKey, nonce }));
  return { candidate, nonce, signed };
}

/**
 * The kiosk's identity, kept. `company`: 32 hexadecimal digits, as the page says it. Throws Refusal or NoNetwork.
 */
export async function pair(company, code) {
  store.askToPersist();
  const typed = typedCode(code);
  const { candidate, nonce, signed } = await proof(hex(company), typed);
  const told = await call(
    PAIR,
    {
      code: typed,
      public_key: base64(candidate.publicKey),
      algorithm: "ecdsa-p256-sha256",
      nonce: base64(nonce),
      proof: base64(signed),
    },
    { plain: true },
  );
  const identity = {
    ...candidate,
    company: hex(told.company_uid),
    companyId: told.company_id,
    companyName: told.company_name,
    kiosk: told.kiosk,
    name: told.name,
    sealKey: fromBase64(told.seal_key),
  };
  await become(identity);
  await store.put("candidate", undefined);
  return identity;
}
