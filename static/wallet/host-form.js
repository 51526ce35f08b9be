// A host invites: one guest or several, once, every day or every week up to a day.
import { serverNow } from "./clock.js";
import { offer } from "./host-choices.js";
import { request } from "./requests.js";
import { text } from "./texts.js";

const VISITS = "/api/v1/wallet/visits";
const WITHIN_MS = 60_000; // a hundred visits are planned one by one
const MOST_MORE = 99;

/** The next full hour on this phone's clock, as a field for date and time wants it. */
function nextHour() {
  const next = new Date((Math.floor(serverNow() / 3600) + 1) * 3_600_000);
  return new Date(next.getTime() - next.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export class HostForm {
  /** `view`: the visits' view, which tries deeds and says what became of them. */
  constructor(view) {
    this.view = view;
    this.form = view.part("form");
    this.guests = view.part("guests");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.invite();
    });
    this.form.elements.type.addEventListener("change", () => this.lasts());
    this.form.elements.repeat.addEventListener("change", () => this.repeats());
    view.part("add").addEventListener("click", () => this.add());
  }

  prepare(told) {
    this.told = told;
    const { begins, minutes } = this.form.elements;
    offer(this.form.elements, told);
    if (!begins.value) begins.value = nextHour();
    if (!minutes.value) this.lasts();
  }

  lasts() {
    const kind = this.told?.types.find((one) => one.id === this.form.elements.type.value);
    if (kind) this.form.elements.minutes.value = kind.minutes;
  }

  repeats() {
    this.view.part("until").hidden = !this.form.elements.repeat.value;
  }

  add() {
    const row = this.view.part("guest").content.cloneNode(true).firstElementChild;
    for (const one of row.querySelectorAll("[data-text]")) one.textContent = text(one.dataset.text);
    row.querySelector("[data-drop]").addEventListener("click", () => {
      row.remove();
      this.numbered();
      this.view.part("add").focus();
    });
    this.guests.append(row);
    this.numbered();
    row.querySelector("[data-field='name']").focus();
  }

  numbered() {
    for (const [place, row] of [...this.guests.children].entries())
      row.querySelector("[data-nth]").textContent = text("host_guest", { number: place + 2 });
    this.view.part("add").hidden = this.guests.children.length >= MOST_MORE;
  }

  more() {
    const field = (row, name) => row.querySelector(`[data-field="${name}"]`).value.trim();
    return [...this.guests.children].map((row) => ({ name: field(row, "name"), email: field(row, "email") }));
  }

  /** The first field that is left open and may not be, and what to say about it. */
  missing() {
    const { name, repeat, until } = this.form.elements;
    const names = [name, ...this.guests.querySelectorAll("[data-field='name']")];
    const nameless = names.find((field) => !field.value.trim());
    if (nameless) return [nameless, "name_missing"];
    return repeat.value && !until.value ? [until, "until_missing"] : undefined;
  }

  invite() {
    const { name, email, firm, type, site, begins, minutes, language, subject, repeat, until } = this.form.elements;
    const missing = this.missing();
    if (missing) {
      missing[0].focus();
      return this.view.say("", text(missing[1]));
    }
    const wish = {
      name: name.value.trim(),
      email: email.value.trim(),
      firm: firm.value.trim(),
      more: this.more(),
      type: type.value,
      site: Number(site.value),
      begins: begins.value,
      minutes: Number(minutes.value),
      repeat: repeat.value,
      until: repeat.value ? until.value : null,
      language: language.value,
      subject: subject.value.trim(),
    };
    return this.view.tried(async () => {
      const { invited } = await request(this.view.key(), "POST", VISITS, wish, WITHIN_MS);
      this.empty();
      await this.view.ask();
      const said = wish.email ? "host_invited" : "host_noted";
      return invited > 1 ? text("host_invited_many", { number: invited }) : text(said, { name: wish.name });
    });
  }

  empty() {
    const { name, email, firm, subject, repeat, until } = this.form.elements;
    for (const field of [name, email, firm, subject, repeat, until]) field.value = "";
    this.guests.replaceChildren();
    this.repeats();
    this.numbered();
    this.view.part("new").open = false;
  }
}
