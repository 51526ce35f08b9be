// Pairing: a key is made here, and the typed code is answered with a proof that we hold it.
import { base64, fromBase64, hex, sha256, utf8 } from "./bytes.js";
import { made, sign } from "./keys.js";
import { pairBytes, typedCode } from "./protocol.js";
import { NoNetwork, plain, Refusal } from "./requests.js";
import * as store from "./store.js";

const PAIR = "/api/v1/readers/pair";
const SIGNS = 8;
const grouped = (code) => (code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code);

async function proof(company, code) {
  // The key of a try that went wrong is used again: the server may have taken it and its answer got lost.
  const candidate = (await store.get("candidate")) ?? (await made());
  await store.put("candidate", candidate);
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const codeHash = await sha256(utf8(code));
  const signed = await sign(candidate.privateKey, pairBytes({ company, codeHash, publicKey: candidate.publicKey, nonce }));
  return { candidate, nonce, signed };
}

/** The reader's identity, kept. Throws Refusal or NoNetwork. */
export async function pair(company, code) {
  const { candidate, nonce, signed } = await proof(company, code);
  const told = await plain("POST", PAIR, {
    code,
    public_key: base64(candidate.publicKey),
    algorithm: "ecdsa-p256-sha256",
    nonce: base64(nonce),
    proof: base64(signed),
  });
  const identity = {
    ...candidate,
    company: hex(told.company_uid),
    companyId: told.company_id,
    companyName: told.company_name,
    reader: told.reader,
    name: told.name,
    answerKey: fromBase64(told.answer_key),
    checkpointKey: fromBase64(told.checkpoint_key),
  };
  await store.put("counter", told.counter);
  await store.put("point", { epoch: told.epoch, seq: told.seq });
  await store.put("identity", identity);
  await store.put("candidate", undefined);
  return identity;
}

export class PairingView {
  constructor(page, { company, text, paired }) {
    this.form = page.querySelector("form");
    this.code = this.form.elements.namedItem("code");
    this.error = page.querySelector("[data-error]");
    this.deed = this.form.querySelector("[type='submit']");
    Object.assign(this, { company, text, paired });
    this.code.addEventListener("input", () => {
      const atEnd = this.code.selectionStart === this.code.value.length;
      if (atEnd) this.code.value = grouped(typedCode(this.code.value));
      this.tell("");
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  begin() {
    this.code.focus();
  }

  tell(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
    this.code.toggleAttribute("aria-invalid", Boolean(message));
    if (message) this.code.setAttribute("aria-invalid", "true");
  }

  async submit() {
    const code = typedCode(this.code.value);
    if (code.length !== SIGNS) {
      this.tell(this.text("code_wrong"));
      this.code.focus();
      return;
    }
    this.deed.disabled = true;
    try {
      store.askToPersist();
      const identity = await pair(this.company, code);
      await this.paired(identity);
    } catch (error) {
      this.tell(this.words(error));
      this.code.focus();
    } finally {
      this.deed.disabled = false;
    }
  }

  words(error) {
    if (error instanceof NoNetwork) return this.text("no_network");
    return error instanceof Refusal ? this.text(error.code, "pair_failed") : this.text("pair_failed");
  }
}
