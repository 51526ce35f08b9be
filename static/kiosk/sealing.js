// A sign-in that is taken without network: sealed to the company's key, so that this tablet cannot read it back.
import { base64, concat, hex, u32, utf8 } from "../reader/bytes.js";
import * as hpke from "./hpke.js";

const LABEL = utf8("sallyport/kiosk/v1");

/** The 16 bytes of a UUID. */
const uuidBytes = (id) => hex(id.replaceAll("-", ""));

/**
 * Sealed bytes as base64, bound to this company, this kiosk and this sign-in. `plain`: what JSON can hold; `sealKey`:
 * 65 bytes; `companyUid`: 16 bytes; `handle`: the kiosk's number; `id`: the sign-in's UUID.
 */
export async function seal(plain, { sealKey, companyUid, handle, id }) {
  const info = concat(LABEL, companyUid, u32(handle), uuidBytes(id));
  return base64(await hpke.seal({ recipient: sealKey, info, plain: utf8(JSON.stringify(plain)) }));
}

/** A sign-in as it is kept and handed in: {id, taken_at, sealed}. `now`: unix seconds. */
export async function sealed(identity, plain, now) {
  const id = crypto.randomUUID();
  const where = { sealKey: identity.sealKey, companyUid: identity.company, handle: identity.kiosk, id };
  return { id, taken_at: Math.floor(now), sealed: await seal(plain, where) };
}
