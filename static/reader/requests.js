// Requests of the reader, each signed by its key: RFC 9421 over method, address and RFC 9530 content digest.
import { base64, fromBase64, sha256, utf8 } from "./bytes.js";
import { sign } from "./keys.js";
import { keyid, signatureBase, toldBytes } from "./protocol.js";
import { REFUSALS } from "./refusals.js";

const SWORN = "Sallyport-Signature";
const COVERED = '("@method" "@target-uri" "content-digest")';

/** The server said no: `code` is stable; `sworn`: the company has signed this very refusal. */
export class Refusal extends Error {
  constructor(status, told, sworn) {
    super(told.code);
    Object.assign(this, { status, code: told.code, text: told.text ?? "", retry: told.retry === true, told, sworn });
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

/** Whether the company has signed this answer as it stands, to this very request. */
async function isSworn(identity, verifyAnswer, response, body, asked) {
  try {
    const { company, reader } = identity;
    const bytes = toldBytes({ company, reader, status: response.status, digest: await sha256(body), nonce: asked });
    return await verifyAnswer(bytes, fromBase64(response.headers.get(SWORN)));
  } catch {
    return false; // no signature at all: the same as a wrong one
  }
}

/** Bytes go as they are, anything else as JSON. */
function bodyOf(told) {
  if (told === undefined) return { body: new Uint8Array(), type: "" };
  if (told instanceof Uint8Array) return { body: told, type: "application/octet-stream" };
  return { body: utf8(JSON.stringify(told)), type: "application/json" };
}

async function send(method, path, told, { headers = {}, within = 5000, identity = null, asked = nonce(), verifyAnswer }) {
  const url = new URL(path, location.origin).href;
  const { body, type } = bodyOf(told);
  const signed = identity ? await signature(identity, method, url, body, asked) : {};
  if (type) headers = { ...headers, "Content-Type": type };
  let response;
  let got;
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
    got = new Uint8Array(await response.arrayBuffer());
    if (response.status !== 204) answer = JSON.parse(new TextDecoder().decode(got));
  } catch {
    throw new NoNetwork();
  }
  const sworn = verifyAnswer !== undefined && (await isSworn(identity, verifyAnswer, response, got, asked));
  if (response.ok && verifyAnswer && !sworn) throw new NotOurs();
  if (response.ok) return answer;
  const silent = response.status >= 500 && typeof answer?.code === "string"; // it is there, and cannot
  if (!silent && !REFUSALS.has(answer?.code)) throw new NotOurs();
  throw new Refusal(response.status, answer, sworn);
}

export const plain = (method, path, told, more = {}) => send(method, path, told, more);
/** With `verifyAnswer` among the options nothing is taken that the company has not signed as a whole: NotOurs. */
export const signed = (identity, method, path, told, more = {}) => send(method, path, told, { ...more, identity });
