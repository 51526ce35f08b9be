// Where the server's count stands, signed over a number of our own: nothing that lies between can say it in its place.
import { fromBase64 } from "./bytes.js";
import { nextBytes } from "./protocol.js";
import { NotOurs, nonce, signed } from "./requests.js";

const NEXT = "/api/v1/readers/next";

/** {counter, challenge} under the company's signature. Throws NoNetwork (NotOurs where somebody else answered), Refusal. */
export async function next(identity, verifyAnswer, within) {
  const asked = nonce();
  const told = await signed(identity, "GET", NEXT, undefined, { within, asked });
  const { counter, challenge, sig } = told ?? {};
  if (!Number.isSafeInteger(counter) || counter < 0 || typeof challenge !== "boolean") throw new NotOurs();
  const { company, reader } = identity;
  const bytes = nextBytes({ company, reader, counter, challenge, nonce: asked });
  let good = false;
  try {
    good = await verifyAnswer(bytes, fromBase64(sig));
  } catch {
    // No signature at all: the same as a wrong one.
  }
  if (!good) throw new NotOurs();
  return { counter, challenge };
}
