// The place where one screen stands at a time: heading, what it asks, and the deeds below, always in the same corners.
import { ASK_S } from "./idle.js";
import { el } from "./parts.js";
import { text } from "./texts.js";

export class Stage {
  /** `startOver()`: start over was pressed. `help()`: reception is asked for. */
  constructor(page, { startOver, help }) {
    const part = (name) => page.querySelector(`[data-part='${name}']`);
    Object.assign(this, { page, place: part("screen"), foot: part("deeds"), said: part("said"), progress: part("progress") });
    this.over = part("start-over");
    this.help = part("help");
    this.over.addEventListener("click", startOver);
    this.help.addEventListener("click", help);
    this.bar = part("bar");
    this.footer = part("foot");
  }

  /**
   * Show one screen. `name` for the style and for tests; `deeds`: buttons, the last one is the one that goes on.
   * `at`, `of`: how far it is, 0 for no such line. `wide`: two columns where there is room. `patience`: seconds without a
   * touch until the question whether somebody is there. Focus goes to the heading.
   */
  show({ name, title, lead = "", body = [], deeds = [], at = 0, of = 0, home = false, wide = false, helps = true, sign = null, patience = ASK_S }) {
    this.page.dataset.screen = name;
    this.patient(patience);
    const heading = el("h1", { tabindex: "-1", text: title });
    const head = el("div", { class: "kiosk-head" }, sign, heading, el("p", { class: "kiosk-lead", text: lead, hidden: !lead }));
    this.wrong = el("p", { class: "kiosk-wrong", role: "alert", hidden: true });
    this.asked = el("div", { class: "kiosk-body" }, ...body);
    this.place.className = `kiosk-screen${wide ? " kiosk-wide" : ""}`;
    this.place.replaceChildren(head, this.asked, this.wrong);
    this.foot.replaceChildren(...deeds);
    this.over.hidden = home;
    this.help.hidden = home || !helps;
    this.bar.hidden = this.footer.hidden = false;
    this.progress.hidden = of === 0;
    this.progress.textContent = of ? text("progress", { at, of }) : "";
    this.say(of ? text("progress", { at, of }) : "");
    this.place.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
    return this;
  }

  /** The same screen goes on with other parts, and other words above them. Who puts them there moves the focus. */
  becomes(body, deeds, above = null) {
    this.error();
    if (above) {
      this.page.dataset.screen = above.name;
      this.patient();
      this.place.querySelector("h1").textContent = above.title;
      const lead = this.place.querySelector(".kiosk-lead");
      lead.textContent = above.lead;
      lead.hidden = !above.lead;
      this.say(above.title);
    }
    this.asked.replaceChildren(...body);
    this.foot.replaceChildren(...deeds);
  }

  /** From now on the question whether somebody is there comes after so many seconds without a touch. */
  patient(seconds = ASK_S) {
    this.page.dataset.patience = seconds;
  }

  /** For a screen reader, without moving the focus. */
  say(words) {
    this.said.textContent = words;
  }

  error(words = "") {
    if (!this.wrong) return;
    this.wrong.textContent = words;
    this.wrong.hidden = !words;
    if (words) this.wrong.scrollIntoView({ block: "nearest" });
  }

  busy(is) {
    for (const one of [...this.foot.querySelectorAll("button"), ...this.place.querySelectorAll("button")]) {
      one.setAttribute("aria-busy", String(is));
    }
    this.page.toggleAttribute("data-busy", is);
  }

  /** Nothing of anybody is left in the page. */
  clear() {
    for (const one of this.page.querySelectorAll("input, textarea")) one.value = "";
    this.place.replaceChildren();
    this.asked = this.wrong = null;
    this.foot.replaceChildren();
    this.say("");
    this.progress.textContent = "";
    this.busy(false);
  }
}
