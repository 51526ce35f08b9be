// Requests of the kiosk, each signed by its key: RFC 9421 over method, address and RFC 9530 content digest.
import { base64, sha256, utf8 } from "../reader/bytes.js";
import { signatureBase } from "../reader/protocol.js";
import { learn, serverNow } from "../wallet/clock.js";
import { sign } from "./keys.js";
import * as store from "./store.js";

const API = "/api/v1/";
const COVERED = '("@method" "@target-uri" "content-digest")';
const TIMEOUT_MS = 8000;
const UNPAIRED = "kiosk_unpaired";

/** The server said no: `code` is stable, `wait` in seconds. */
export class Refusal extends Error {
  constructor(status, told) {
    super(told.code);
    Object.assign(this, { status, code: told.code, text: told.text ?? "", retry: told.retry === true });
    Object.assign(this, { wait: told.wait ?? 0, told });
  }
}

/** No answer came, or none that is ours. */
export class NoNetwork extends Error {}

/** Whether it is as if there were no server: no line to it, or a fault of its own. */
export const isUnanswered = (error) => error instanceof NoNetwork || error.status >= 500;

let held; // the identity, once it was read

/** Who this kiosk is, or undefined before it was paired. */
export async function identity() {
  held ??= await store.get("identity");
  return held;
}

/** It was paired. */
export async function become(found) {
  await store.put("identity", found);
  held = found;
}

const gone = new Set();

/** `deed()` runs when the console has unpaired this kiosk and all that it held was destroyed. */
export function onUnpaired(deed) {
  gone.add(deed);
}

async function destroy() {
  held = undefined;
  await store.wipe();
  for (const deed of gone) deed();
}

export const keyid = (companyId, kiosk) => `kiosk:${companyId}:${kiosk}`;

async function signature(who, url, body) {
  const digest = `sha-256=:${base64(await sha256(body))}:`;
  const nonce = base64(crypto.getRandomValues(new Uint8Array(18))).replaceAll("+", "-").replaceAll("/", "_");
  const name = keyid(who.companyId, who.kiosk);
  const created = Math.floor(serverNow());
  const params = `${COVERED};created=${created};nonce="${nonce}";keyid="${name}";alg="ecdsa-p256-sha256"`;
  const signed = await sign(who.privateKey, signatureBase({ method: "POST", url, digest, params }));
  return { "Content-Digest": digest, "Signature-Input": `sig=${params}`, Signature: `sig=:${base64(signed)}:` };
}

/** JSON as an object, anything else as bytes, 204 as null. */
async function read(response) {
  if (response.status === 204) return null;
  if (response.headers.get("Content-Type")?.startsWith("application/json")) return response.json();
  return new Uint8Array(await response.arrayBuffer());
}

async function once(who, path, body, type, within) {
  const url = new URL(API + path, location.origin).href;
  const headers = { "Content-Type": type, ...(who ? await signature(who, url, body) : {}) };
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method: "POST",
      headers,
      body,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(within),
    });
    answer = await read(response);
  } catch {
    throw new NoNetwork();
  }
  learn(answer?.server_now);
  if (response.ok) return answer;
  if (typeof answer?.code !== "string") throw new NoNetwork();
  throw new Refusal(response.status, answer);
}

async function request(path, body, type, { within = TIMEOUT_MS, plain = false } = {}) {
  const who = plain ? null : await identity();
  if (!plain && !who) throw new Refusal(403, { code: UNPAIRED });
  try {
    return await once(who, path, body, type, within);
  } catch (error) {
    if (!(error instanceof Refusal) || plain) throw error;
    // A tablet whose clock is off has learned the server's by now.
    if (error.code === "clock_skew") return await once(who, path, body, type, within);
    if (error.code === UNPAIRED) await destroy();
    throw error;
  }
}

/**
 * The answer to JSON, sent to /api/v1/<path>: an object, or bytes where it is a file. Throws Refusal or NoNetwork.
 * `within`: milliseconds; `plain`: not signed.
 */
export const call = (path, told = {}, more = {}) => request(path, utf8(JSON.stringify(told)), "application/json", more);

/** The answer to bytes. */
export const send = (path, bytes, more = {}) => request(path, bytes, "application/octet-stream", more);
