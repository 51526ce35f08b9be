// Who waits for a host, who is in, who is coming; let in, decline, call off, invite, and by what one is told.
import { HostFile } from "./host-file.js";
import { HostForm } from "./host-form.js";
import { keepFile } from "./keep-file.js";
import { canPush, PushRefused, subscribe, unsubscribe } from "./push.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { has, spoken, text } from "./texts.js";

const VISITS = "/api/v1/wallet/visits";
const PUSH = "/api/v1/wallet/push";
const DONE = { admit: "host_admitted", decline: "host_declined", cancel: "host_cancelled" };
const ALIKE = {
  file_empty: "calendar_broken",
  not_a_text: "calendar_broken",
  file_too_costly: "calendar_broken",
  too_many_lines: "too_many_guests",
  nobody_invited: "no_attendees",
};
const OPEN = new Set(["invited", "expected", "on_site"]);
const SURE_MS = 6000;

function at(unixSeconds, zone) {
  const form = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone };
  return new Date(unixSeconds * 1000).toLocaleString(spoken(), form);
}

function hour(unixSeconds, zone) {
  const form = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  return new Date(unixSeconds * 1000).toLocaleString(spoken(), form);
}

export class VisitsView {
  /** `key()`: this phone's record. `heard(answer)`: what the server said. */
  constructor(page, { key, heard }) {
    this.view = page.querySelector("[data-view='visits']");
    this.part = (name) => this.view.querySelector(`[data-host-${name}]`);
    Object.assign(this, { key, heard, busy: false, told: undefined });
    this.form = new HostForm(this);
    this.file = new HostFile(this);
    this.part("push").addEventListener("click", () => this.changePush());
    this.part("mail").addEventListener("click", () => this.chooseMail());
  }

  /** What there is, shown where the view is shown. */
  async ask() {
    this.told = await request(this.key(), "GET", VISITS);
    this.heard(this.told);
    this.draw();
  }

  async begin() {
    this.say();
    if (this.told) this.draw();
    await this.tried(() => this.ask());
    if (!this.told) return;
    this.form.prepare(this.told);
    this.file.prepare(this.told);
  }

  /** Ask again while somebody looks; a fault says itself and what stands stays. */
  async refresh() {
    if (this.busy) return;
    try {
      await this.ask();
      if (this.part("error").textContent === text("host_offline")) this.say();
    } catch (error) {
      this.failed(error);
    }
  }

  say(said = "", error = "") {
    for (const [name, words] of [["said", said], ["error", error]]) {
      this.part(name).textContent = words;
      this.part(name).hidden = !words;
    }
  }

  /** Do it, and say `done` or what the deed itself answers. */
  async tried(deed, done = "") {
    if (this.busy) return;
    this.busy = true;
    this.say();
    for (const button of this.view.querySelectorAll("button:not([data-deed])")) button.disabled = true;
    try {
      const said = (await deed()) ?? done;
      if (said) this.say(said);
    } catch (error) {
      this.failed(error);
      // What is on the screen is no more how it stands: somebody else was quicker.
      if (error instanceof Refusal) await this.ask().catch(() => undefined);
    } finally {
      this.busy = false;
      for (const button of this.view.querySelectorAll("button:not([data-deed])")) button.disabled = false;
      const { next } = this;
      this.next = undefined;
      next?.();
    }
  }

  failed(error) {
    if (error instanceof NoNetwork) return this.say("", text("host_offline"));
    if (error instanceof PushRefused) return this.say("", text("host_push_denied"));
    if (!(error instanceof Refusal)) throw error;
    return this.say("", has(error.code) ? text(error.code) : text(ALIKE[error.code] ?? "unknown"));
  }

  draw() {
    const { visits, notices } = this.told;
    this.drawNotices(notices);
    this.part("none").hidden = visits.length > 0;
    const drawn = spoken() + JSON.stringify(visits);
    if (drawn === this.drawnLast) return; // a button that was pressed once stays so
    this.drawnLast = drawn;
    const cards = visits.map((visit) => this.drawn(visit));
    const held = document.activeElement?.closest("[data-hosted]")?.dataset.hosted;
    const deed = document.activeElement?.dataset.hostDeed;
    this.part("list").replaceChildren(...cards);
    // Drawn anew under somebody's finger: the same button is the one in hand.
    if (held) this.view.querySelector(`[data-hosted="${held}"] [data-host-deed="${deed}"]`)?.focus();
  }

  drawn(visit) {
    const card = this.part("one").content.cloneNode(true).firstElementChild;
    const part = (name) => card.querySelector(`[data-${name}]`);
    card.dataset.hosted = visit.id;
    card.dataset.waits = visit.waits;
    part("name").textContent = visit.name;
    part("firm").textContent = visit.firm;
    part("firm").hidden = !visit.firm;
    const state = visit.waits
      ? text("host_waits", { time: hour(visit.arrived_at, visit.time_zone) })
      : text(`host_state_${visit.state}`);
    part("state").textContent = visit.walk_in ? `${state}, ${text("host_unannounced")}` : state;
    part("when").textContent = `${at(visit.begins, visit.time_zone)}, ${visit.site}, ${visit.type}`;
    for (const button of card.querySelectorAll("[data-host-deed]")) {
      const deed = button.dataset.hostDeed;
      button.hidden = !visit.may[deed] || (deed === "cancel" && visit.may.decline);
      button.textContent = text(`host_${deed}`);
      button.setAttribute("aria-label", `${text(`host_${deed}`)}: ${visit.name}`);
      button.addEventListener("click", () => this.press(button, visit, deed));
    }
    const take = part("host-calendar");
    take.hidden = !OPEN.has(visit.state);
    take.textContent = text("host_calendar");
    take.setAttribute("aria-label", `${text("host_calendar")}: ${visit.name}`);
    take.addEventListener("click", () => this.takeAlong(visit));
    return card;
  }

  /** What cannot be taken back is pressed twice. */
  press(button, visit, deed) {
    if (deed !== "admit" && button.dataset.sure !== "yes") {
      button.dataset.sure = "yes";
      button.textContent = text(`host_${deed}_sure`);
      button.setAttribute("aria-label", `${button.textContent} ${visit.name}`);
      setTimeout(() => {
        delete button.dataset.sure;
        button.textContent = text(`host_${deed}`);
        button.setAttribute("aria-label", `${button.textContent}: ${visit.name}`);
      }, SURE_MS);
      return undefined;
    }
    return this.tried(async () => {
      await request(this.key(), "POST", `${VISITS}/${visit.id}/${deed}`, {});
      await this.ask();
    }, text(DONE[deed], { name: visit.name }));
  }

  /** The visit for the host's own calendar. */
  takeAlong(visit) {
    return this.tried(async () => {
      keepFile(await request(this.key(), "GET", `${VISITS}/${visit.id}/calendar`), `visit-${visit.number}.ics`);
    });
  }

  drawNotices({ subscribed, company_push: push, company_mail: mail, mail: wantsMail, push: wantsPush }) {
    const here = subscribed && wantsPush;
    const able = canPush();
    const state = !push ? "host_push_company" : !able ? "host_push_unable" : here ? "host_push_is_on" : "host_push_is_off";
    this.part("push-state").textContent = text(state);
    this.part("push").hidden = !push || !able;
    this.part("push").textContent = text(here ? "host_push_off" : "host_push_on");
    this.part("mail").hidden = !mail;
    this.part("mail").textContent = text(wantsMail ? "host_mail_off" : "host_mail_on");
  }

  changePush() {
    const { subscribed, push, mail, vapid_key: vapid } = this.told.notices;
    return this.tried(async () => {
      if (subscribed && push) {
        await unsubscribe().catch(() => undefined); // what counts is what the server sends
        this.heardNotices(await request(this.key(), "POST", `${PUSH}/end`, {}));
        return;
      }
      const made = await subscribe(vapid);
      if (!push) await request(this.key(), "POST", `${VISITS}/notices`, { mail, push: true });
      this.heardNotices(await request(this.key(), "POST", PUSH, made));
    });
  }

  chooseMail() {
    const { mail, push } = this.told.notices;
    return this.tried(async () => {
      this.heardNotices(await request(this.key(), "POST", `${VISITS}/notices`, { mail: !mail, push }));
    });
  }

  heardNotices({ notices }) {
    this.told.notices = notices;
    this.drawNotices(notices);
  }
}
