// What is read and signed: one document on a screen, its text on one side, the signature on the other.
import { ASK_S, READ_S } from "./idle.js";
import { button, el, own } from "./parts.js";
import { Signature } from "./signature.js";
import { text } from "./texts.js";

let seen = 0;

/** The text of a document: plain words, lines as they were written, in its own scrolling field. */
function words(title, body, language) {
  return el("div", { class: "kiosk-text", tabindex: "0", role: "region", "aria-label": title, dir: "auto", lang: language }, el("p", { text: body }));
}

/**
 * `document` {version, title, body, signed}; `name`: who signs. `send({version, name, strokes})` may ask the server; what
 * it answers is what the screen answers.
 */
export function reading(turn, document, name, send, at) {
  return turn.screen((done) => {
    seen += 1;
    const drawn = () => turn.stage.patient(signature.strokes.length ? ASK_S : READ_S);
    const signature = document.signed ? new Signature(text("sign_label"), drawn) : null;
    const submit = async () => {
      if (signature && !signature.isSigned) {
        turn.stage.error(text("signature_empty"));
        signature.canvas.focus({ preventScroll: true });
        return;
      }
      let answer;
      const went = await turn.tried(async () => {
        answer = await send({ version: document.version, name, strokes: signature?.strokes ?? [] });
      });
      if (went) done(answer);
    };
    const side = signature
      ? el("section", { class: "kiosk-sign-side", "aria-labelledby": `sign-${seen}` },
          el("h2", { id: `sign-${seen}`, text: text("document_sign") }),
          signature.whole,
          signedBy(name))
      : null;
    turn.stage.show({
      name: "document",
      title: document.title,
      lead: text("document_lead"),
      body: [words(document.title, document.body, document.language), side].filter(Boolean),
      deeds: [button(text(signature ? "document_agree" : "document_read"), submit, { class: "btn btn-primary btn-large", "data-deed": "go-on" })],
      wide: Boolean(signature),
      patience: READ_S,
      ...at,
    });
    return () => signature?.wipe();
  });
}

function signedBy(name) {
  const [before, after] = text("document_signs", { name: "\u0000" }).split("\u0000");
  return el("p", { class: "kiosk-signs-as" }, before, own(name, "strong"), after);
}
