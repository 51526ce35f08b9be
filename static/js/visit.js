// The visitor's own page: documents are signed at home, in the same field as at the kiosk. Without this the page says that
// they are signed at the kiosk.
import { Signature } from "../kiosk/signature.js";
import { speak, text } from "../kiosk/texts.js";

speak(document.documentElement.lang);
let fields = 0;

function lay(form) {
  fields += 1;
  const wrong = form.querySelector("[role=alert]");
  const signature = new Signature(text("sign_label"), () => {
    wrong.hidden = true;
  });
  // One page may have several fields: what describes each is its own.
  const how = `sign-how-${fields}`;
  signature.whole.querySelector("#sign-how").id = how;
  signature.canvas.setAttribute("aria-describedby", how);
  form.querySelector("[data-field]").append(signature.whole);
  form.addEventListener("submit", (event) => {
    signature.up(); // a pen led by keys may still be down
    if (signature.isSigned) {
      form.elements.strokes.value = JSON.stringify(signature.strokes);
      return;
    }
    event.preventDefault();
    wrong.textContent = form.dataset.empty;
    wrong.hidden = false;
    signature.canvas.focus({ preventScroll: true });
  });
  form.closest("details").addEventListener("toggle", () => signature.draw());
  form.hidden = false;
  form.parentElement.querySelector("[data-kiosk]").hidden = true;
}

for (const form of document.querySelectorAll("form[data-sign]")) lay(form);
