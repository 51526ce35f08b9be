// Unlocking: a passkey of this phone, given only to whom the phone itself recognised (biometric or PIN).
import { base64url, fromBase64url } from "./keys.js";
import { request } from "./requests.js";

const PASSKEYS = "/api/v1/wallet/passkeys";
const UNLOCK = "/api/v1/wallet/unlock";
const LOCK = "/api/v1/wallet/lock";
// What a browser calls its errors, and what we do.
const NAMED = {
  NotAllowedError: "unlock_cancelled",
  AbortError: "unlock_cancelled",
  InvalidStateError: "passkey_there",
};

/** It came to nothing on the phone; `code` is the text that says why. */
export class NotUnlocked extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Whether this phone can recognise its owner for a web page. */
export async function canUnlock() {
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false; // no such thing in this browser
  }
}

const opened = (told) => ({ ...told, id: fromBase64url(told.id) });

async function asked(deed) {
  try {
    const credential = await deed();
    if (!credential) throw new NotUnlocked("unlock_cancelled");
    return credential;
  } catch (error) {
    if (error instanceof NotUnlocked) throw error;
    throw new NotUnlocked(NAMED[error.name] ?? "unlock_unavailable");
  }
}

function told(credential, response) {
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: base64url(credential.response.clientDataJSON), ...response },
  };
}

/** A new passkey on this phone; the server's answer {passkeys}. Raises NotUnlocked, Refusal, NoNetwork. */
export async function createPasskey(key) {
  const { options, ticket } = await request(key, "POST", `${PASSKEYS}/options`, {});
  const publicKey = {
    ...options,
    challenge: fromBase64url(options.challenge),
    user: opened(options.user),
    excludeCredentials: (options.excludeCredentials ?? []).map(opened),
  };
  const made = await asked(() => navigator.credentials.create({ publicKey }));
  const credential = told(made, {
    attestationObject: base64url(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
  return await request(key, "POST", PASSKEYS, { ticket, credential });
}

/** The phone's owner is there: {unlocked_until}. Each answer within milliseconds. Raises NotUnlocked, Refusal, NoNetwork. */
export async function unlock(key, within) {
  const { options, ticket } = await request(key, "POST", `${UNLOCK}/options`, {}, within);
  const publicKey = {
    ...options,
    challenge: fromBase64url(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(opened),
    userVerification: "required",
  };
  const given = await asked(() => navigator.credentials.get({ publicKey }));
  const { authenticatorData, signature, userHandle } = given.response;
  const assertion = told(given, {
    authenticatorData: base64url(authenticatorData),
    signature: base64url(signature),
    userHandle: userHandle ? base64url(userHandle) : null,
  });
  return await request(key, "POST", UNLOCK, { ticket, assertion }, within);
}

export function lock(key) {
  return request(key, "POST", LOCK, {});
}
