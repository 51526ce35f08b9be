// Requests of the phone, each signed by its key: RFC 9421 over method, address and RFC 9530 content digest. What is told
// goes as JSON; bytes (a Uint8Array) go as they are, and the digest is of these very bytes. An answer is JSON, or a
// calendar file as a Blob.
import { learn, serverNow } from "./clock.js";
import { base64, base64url, utf8 } from "./keys.js";

const COVERED = '("@method" "@target-uri" "content-digest")';
const TIMEOUT_MS = 8000;

/** The server said no: `code` is stable, `wait` in seconds. */
export class Refusal extends Error {
  constructor(told, status) {
    super(told.code);
    this.status = status;
    this.code = told.code;
    this.text = told.text ?? "";
    this.retry = told.retry === true;
    this.wait = told.wait ?? 0;
    this.serverNow = told.server_now;
  }
}

/** No answer at all, or none that is ours. */
export class NoNetwork extends Error {}

/** Whether it is as if there were no server: no line to it, or a fault of its own. */
export function isUnanswered(error) {
  return error instanceof NoNetwork || error.status >= 500;
}

async function signature(key, method, url, body) {
  const digest = `sha-256=:${base64(await crypto.subtle.digest("SHA-256", body))}:`;
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const created = Math.floor(serverNow());
  const params = `${COVERED};created=${created};nonce="${nonce}";keyid="${key.keyid}";alg="ecdsa-p256-sha256"`;
  const base =
    `"@method": ${method}\n"@target-uri": ${url}\n"content-digest": ${digest}\n"@signature-params": ${params}`;
  const signed = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, utf8(base));
  return {
    "Content-Digest": digest,
    "Signature-Input": `sig=${params}`,
    Signature: `sig=:${base64(signed)}:`,
  };
}

/** The body of a request and what it is. */
function written(told) {
  if (told === undefined) return [new Uint8Array(), {}];
  if (told instanceof Uint8Array) return [told, { "Content-Type": "application/octet-stream" }];
  return [utf8(JSON.stringify(told)), { "Content-Type": "application/json" }];
}

async function once(key, method, path, told, within) {
  const url = new URL(path, location.origin).href;
  const [body, kind] = written(told);
  const headers = { ...(await signature(key, method, url, body)), ...kind };
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: method === "GET" ? undefined : body,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(within),
    });
    const isFile = response.ok && response.headers.get("Content-Type")?.startsWith("text/calendar");
    answer = isFile ? await response.blob() : await response.json();
  } catch {
    throw new NoNetwork();
  }
  if (response.ok) {
    learn(answer.server_now);
    return answer;
  }
  if (typeof answer.code !== "string") throw new NoNetwork();
  throw new Refusal(answer, response.status);
}

/** The answer, within milliseconds. A phone whose clock is off learns the server's and tries once more. */
export async function request(key, method, path, told, within = TIMEOUT_MS) {
  try {
    return await once(key, method, path, told, within);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "clock_skew") throw error;
    learn(error.serverNow);
    return await once(key, method, path, told, within);
  }
}
