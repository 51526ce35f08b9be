// <local-time><time datetime="…">24 Nov 2026 14:20 UTC</time></local-time> says the moment as the viewer would:
// "today 14:20", "yesterday 09:05", "Mon 17 Nov, 08:00". Hovering shows the whole, with its zone.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dayYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
}

export function say(moment, { seconds = false, now = new Date() } = {}) {
  const time = (seconds ? exact : clock).format(moment);
  const days = Math.round((midnight(now) - midnight(moment)) / 86_400_000);
  if (days === 0) return `today ${time}`;
  if (days === 1) return `yesterday ${time}`;
  if (days === -1) return `tomorrow ${time}`;
  if (moment.getFullYear() === now.getFullYear()) return `${day.format(moment)}, ${time}`;
  return `${dayYear.format(moment)}, ${time}`;
}

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const moment = new Date(time?.dateTime ?? "");
    if (!time || Number.isNaN(moment.valueOf())) return;
    time.textContent = say(moment, { seconds: this.hasAttribute("seconds") });
    time.title = whole.format(moment);
  }
}

customElements.define("local-time", LocalTime);
