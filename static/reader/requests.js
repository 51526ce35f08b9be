// Requests of the reader, each signed by its key: RFC 9421 over method, address and RFC 9530 content digest.
import { base64, sha256, utf8 } from "./bytes.js";
import { sign } from "./keys.js";
import { keyid, signatureBase } from "./protocol.js";
import { REFUSALS } from "./refusals.js";

const COVERED = '("@method" "@target-uri" "content-digest")';

/** The server said no: `code` is stable. */
export class Refusal extends Error {
  constructor(status, told) {
    super(told.code);
    Object.assign(this, { status, code: told.code, text: told.text ?? "", retry: told.retry === true, told });
  }
}

/** No answer came, or none that can be read. */
export class NoNetwork extends Error {}

/** Something answered that is not the company's server: as good as no answer. */
export class NotOurs extends NoNetwork {}

export function nonce() {
  return base64(crypto.getRandomValues(new Uint8Array(18))).replaceAll("+", "-").replaceAll("/", "_");
}

async function signature(identity, method, url, body, asked) {
  const digest = `sha-256=:${base64(await sha256(body))}:`;
  const created = Math.floor(Date.now() / 1000);
  const name = keyid(identity.companyId, identity.reader);
  const params = `${COVERED};created=${created};nonce="${asked}";keyid="${name}";alg="ecdsa-p256-sha256"`;
  const signed = await sign(identity.privateKey, signatureBase({ method, url, digest, params }));
  return {
    "Content-Digest": digest,
    "Signature-Input": `sig=${params}`,
    Signature: `sig=:${base64(signed)}:`,
  };
}

async function send(method, path, told, { headers = {}, within = 5000, identity = null, asked = nonce() }) {
  const url = new URL(path, location.origin).href;
  const body = told === undefined ? new Uint8Array() : utf8(JSON.stringify(told));
  const signed = identity ? await signature(identity, method, url, body, asked) : {};
  if (told !== undefined) headers = { ...headers, "Content-Type": "application/json" };
  let response;
  let answer = null;
  try {
    response = await fetch(url, {
      method,
      headers: { ...headers, ...signed },
      body: method === "GET" ? undefined : body,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(within),
    });
    if (response.status !== 204) answer = await response.json();
  } catch {
    throw new NoNetwork();
  }
  if (response.ok) return answer;
  const silent = response.status >= 500 && typeof answer?.code === "string"; // it is there, and cannot
  if (!silent && !REFUSALS.has(answer?.code)) throw new NotOurs();
  throw new Refusal(response.status, answer);
}

export const plain = (method, path, told, more = {}) => send(method, path, told, more);
export const signed = (identity, method, path, told, more = {}) => send(method, path, told, { ...more, identity });
