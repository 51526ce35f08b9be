// Parts of a screen. What a person or the server wrote becomes text, never markup.

/** An element. `given`: attributes; `on…`: listeners; `text`: its text; true and false set or leave an attribute. */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export const line = (words, given = {}) => el("p", { text: words, ...given });

/** What somebody wrote, in whatever script: its own direction, and broken where it is too long. */
export const own = (words, tag = "span", given = {}) => el(tag, { dir: "auto", class: "kiosk-own", text: words, ...given });

export function button(words, press, given = {}) {
  return el("button", { type: "button", class: "btn btn-large", text: words, onclick: press, ...given });
}

/** A large choice: a picture, what it is, and what comes of it. */
export function choice(words, more, press, given = {}) {
  return el(
    "button",
    { type: "button", class: "kiosk-choice", onclick: press, ...given },
    el("strong", { text: words }),
    more ? el("span", { text: more }) : null,
  );
}

let fields = 0;

/** A field with its label, never filled in nor kept by the browser. `error(words)` says what is wrong with it. */
export function field(label, given = {}, hint = "") {
  fields += 1;
  const id = `field-${fields}`;
  const input = el("input", {
    id,
    class: "form-control",
    type: "text",
    autocomplete: "off",
    autocorrect: "off",
    autocapitalize: "off",
    spellcheck: "false",
    dir: "auto",
    "aria-describedby": `${id}-error${hint ? ` ${id}-hint` : ""}`,
    ...given,
  });
  const wrong = el("p", { id: `${id}-error`, class: "form-error", role: "alert", hidden: true });
  const whole = el("div", { class: "kiosk-field" }, el("label", { class: "form-label", for: id, text: label }), input, wrong);
  if (hint) whole.append(el("p", { id: `${id}-hint`, class: "form-hint", text: hint }));
  const error = (words = "") => {
    wrong.textContent = words;
    wrong.hidden = !words;
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  input.addEventListener("input", () => error());
  return { whole, input, error, get value() { return input.value.trim(); } };
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of lines on a ground of 48 × 48; the words beside it say what it means. */
export function sign(path, name = "kiosk-sign") {
  const made = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ class: name, viewBox: "0 0 48 48", "aria-hidden": "true", focusable: "false" })) {
    made.setAttribute(key, value);
  }
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  made.append(drawn);
  return made;
}

export const SIGNS = {
  expected: "M8 12h32v28H8zM8 20h32M16 7v9M32 7v9M17 30l5 5 9-9",
  walk_in: "M24 22a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8 42c1-10 8-15 16-15s15 5 16 15z",
  delivery: "M6 15l18-9 18 9v19l-18 9-18-9zM6 15l18 9 18-9M24 24v19M15 10.500l18 9",
  leaving: "M20 6H8v36h12M18 24h24M33 15l9 9-9 9",
  open: "M8 44V6h20v38M4 44h24M28 6l13-2.500v43L28 44M33 24v3",
  shut: "M10 30V4h28v26M10 36v8M38 36v8M5 44h38M33 20v3M4 30h40v6H4z",
  wait: "M14 5h20M14 43h20M16 5v8c0 5 8 8 8 11s-8 6-8 11v8M32 5v8c0 5-8 8-8 11s8 6 8 11v8",
  written: "M10 5h20l8 8v30H10zM30 5v8h8M17 24h14M17 32h14",
  ask: "M24 45a21 21 0 1 0 0-42 21 21 0 0 0 0 42zM18 19c0-8 12-8 12 0 0 5-6 5-6 10M24 35v1",
};
