// What a host chooses from in both forms: types, sites, languages. What was chosen stays.
import { spoken } from "./texts.js";

const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français", es: "Español" };

export function offer({ type, site, language }, { types, sites }) {
  for (const [field, rows] of [[type, types], [site, sites]]) {
    const chosen = field.value;
    field.replaceChildren(...rows.map((one) => new Option(one.name, one.id)));
    if (chosen) field.value = chosen;
  }
  if (language.options.length) return;
  language.replaceChildren(...Object.entries(LANGUAGES).map(([tag, name]) => new Option(name, tag)));
  language.value = spoken();
}
