// A host invites from a calendar file: handed in, looked at, begun.
import { offer } from "./host-choices.js";
import { request } from "./requests.js";
import { day, has, text } from "./texts.js";

const FILES = "/api/v1/wallet/visits/files";
const WITHIN_MS = 60_000;
const MOST_BYTES = 256 * 1024;

export class HostFile {
  /** `view`: the visits' view, which tries deeds and says what became of them. */
  constructor(view) {
    this.view = view;
    this.form = view.part("file-form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
    // What was looked at was read by these: chosen anew, it is read anew.
    for (const name of ["file", "type", "site", "language"])
      this.form.elements[name].addEventListener("change", () => this.look());
  }

  prepare(told) {
    offer(this.form.elements, told);
  }

  clear() {
    this.file = undefined;
    for (const name of ["file-state", "file-found", "file-send"]) this.view.part(name).hidden = true;
  }

  look() {
    const { file, type, site, language } = this.form.elements;
    const [chosen] = file.files;
    this.clear();
    if (!chosen) return undefined;
    if (this.view.busy) {
      this.view.next = () => this.look(); // chosen while something else is under way: looked at after it
      return undefined;
    }
    if (chosen.size > MOST_BYTES) return this.view.say("", text("too_large"));
    const asked = new URLSearchParams({ type: type.value, site: site.value, language: language.value });
    return this.view.tried(async () => {
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      this.show(await request(this.view.key(), "POST", `${FILES}?${asked}`, bytes, WITHIN_MS));
    });
  }

  show({ file, guests }) {
    this.file = file;
    const number = guests.filter((one) => !one.skipped).length;
    const [state, found, send] = ["file-state", "file-found", "file-send"].map((name) => this.view.part(name));
    state.textContent = text("host_file_found", { number, skipped: guests.length - number });
    found.replaceChildren(...guests.map((one) => this.line(one)));
    send.textContent = text("host_file_send", { number });
    for (const part of [state, found]) part.hidden = false;
    send.hidden = number === 0;
  }

  line({ name, email, begins, skipped }) {
    const line = document.createElement("li");
    line.dir = "auto";
    const why = has(`host_skipped_${skipped}`) ? text(`host_skipped_${skipped}`) : text("host_skipped");
    line.textContent = [name || email, skipped ? why : day(begins)].join(", ");
    return line;
  }

  begin() {
    if (!this.file) return undefined;
    return this.view.tried(async () => {
      const { invited } = await request(this.view.key(), "POST", `${FILES}/${this.file}/begin`, {}, WITHIN_MS);
      this.form.elements.file.value = "";
      this.clear();
      this.view.part("file").open = false;
      await this.view.ask();
      return text("host_file_begun", { number: invited });
    });
  }
}
