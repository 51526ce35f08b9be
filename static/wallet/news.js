// News of another phone in the same person's name.
import { day, text } from "./texts.js";

/** Show it in `view`, unless it was seen or is what this phone is `asked` about: a question says more than news. */
export function tellNews(view, other, { seen, asked }) {
  const notice = view.querySelector("[data-news]");
  notice.hidden = other === null || other.at === seen || other.at === asked?.enrolled_at;
  notice.dataset.at = other?.at;
  if (notice.hidden) return;
  const label = other.label || text("a_phone");
  notice.querySelector("p").textContent = text("other_phone", { label, time: day(other.at) });
}
