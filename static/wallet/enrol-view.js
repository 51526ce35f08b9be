// Binding this phone: a typed short code, a key made here, and a request signed by it.
import * as keys from "./keys.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { has, text } from "./texts.js";

const ENROL = "/api/v1/wallet/enrol";
const SIGNS = 8;

// As the server reads it (Crockford's base 32): look-alikes are one.
function clean(typed) {
  return typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1")
    .slice(0, SIGNS);
}

function grouped(code) {
  return code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

/** What the phone would be called, as far as it says what it is. */
export function guessName() {
  const agent = navigator.userAgent;
  if (/iPhone/.test(agent)) return "iPhone";
  if (/iPad/.test(agent)) return "iPad";
  if (/Android/.test(agent)) return "Android";
  return "";
}

export class EnrolView {
  constructor(page, { enrolled }) {
    this.form = page.querySelector("[data-view='enrol'] form");
    this.code = this.form.elements.namedItem("code");
    this.label = this.form.elements.namedItem("label");
    this.error = this.form.querySelector("[data-error]");
    this.deed = this.form.querySelector("[type='submit']");
    this.enrolled = enrolled;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enrol();
    });
    this.code.addEventListener("input", () => {
      const atEnd = this.code.selectionStart === this.code.value.length;
      if (atEnd) this.code.value = grouped(clean(this.code.value));
      this.tell("");
    });
  }

  begin() {
    this.tell("");
    this.busy(false);
    this.code.value = "";
    this.label.value ||= guessName();
    this.code.focus();
  }

  tell(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
    if (message) this.code.setAttribute("aria-invalid", "true");
    else this.code.removeAttribute("aria-invalid");
  }

  busy(is) {
    this.deed.disabled = is;
    this.deed.setAttribute("aria-busy", String(is));
  }

  async enrol() {
    const code = clean(this.code.value);
    if (code.length !== SIGNS) {
      this.tell(text("code_wrong"));
      this.code.focus();
      return;
    }
    this.busy(true);
    try {
      keys.askToPersist();
      const record = (await keys.kept()) ?? (await keys.made());
      const told = { code, public_key: record.publicKey, label: this.label.value.trim().slice(0, 60) };
      const me = await request(record, "POST", ENROL, told);
      await this.enrolled(record, me);
    } catch (error) {
      this.refused(error);
    } finally {
      this.busy(false);
    }
  }

  refused(error) {
    let name = "unknown";
    if (error instanceof NoNetwork) name = "no_network";
    else if (error instanceof Refusal && has(error.code)) name = error.code;
    else if (error instanceof keys.CannotKeep) name = "cannot_text";
    this.tell(text(name));
    this.code.focus();
  }
}
