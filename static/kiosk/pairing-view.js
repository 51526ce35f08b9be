// The screen on which a tablet becomes a kiosk.
import { pair, SIGNS, typedCode } from "./pairing.js";
import { button, el, field } from "./parts.js";
import { NoNetwork, Refusal } from "./requests.js";
import { has, text } from "./texts.js";

const grouped = (code) => (code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code);

function words(error) {
  if (error instanceof NoNetwork) return text("no_network");
  return text(error instanceof Refusal && has(error.code) ? error.code : "pair_failed");
}

/** Until it is paired. `company`: 32 hexadecimal digits, as the page says it. */
export function pairing(stage, company) {
  return new Promise((resolve) => {
    const typed = field(text("code_label"), { class: "form-control code", maxlength: 12, autocapitalize: "characters", enterkeyhint: "go", dir: "ltr", "data-pair": true }, text("pair_hint"));
    typed.input.addEventListener("input", () => {
      if (typed.input.selectionStart === typed.input.value.length) typed.input.value = grouped(typedCode(typed.input.value));
    });
    const submit = async () => {
      if (typedCode(typed.value).length !== SIGNS) {
        typed.error(text("code_short"));
        typed.input.focus();
        return;
      }
      stage.busy(true);
      try {
        resolve(await pair(company, typed.value));
      } catch (error) {
        typed.error(words(error));
        typed.input.focus();
        if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
      } finally {
        stage.busy(false);
      }
    };
    const form = el("form", { novalidate: true, autocomplete: "off" }, typed.whole);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    stage.show({
      name: "pair",
      title: text("pair_title"),
      lead: text("pair_lead"),
      body: [form],
      deeds: [button(text("pair_deed"), submit, { class: "btn btn-primary btn-large", "data-deed": "go-on" })],
      home: true,
    });
    typed.input.focus();
  });
}
