// The sign-up page: proposes an address from the company's name, and shows that something goes on while the
// company is made.

const form = document.querySelector("[data-sign-up]");
const name = form.querySelector("[name=name]");
const subdomain = form.querySelector("[name=subdomain]");
let own = subdomain.value !== "";

function proposed(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
}

subdomain.addEventListener("input", () => {
  own = subdomain.value !== "";
});

name.addEventListener("input", () => {
  if (own) return;
  subdomain.value = proposed(name.value);
  subdomain.dispatchEvent(new CustomEvent("look"));
});

form.addEventListener("submit", (event) => {
  if (!form.checkValidity()) {
    event.preventDefault();
    form.reportValidity();
    return;
  }
  document.querySelector("[data-filling]").hidden = true;
  document.querySelector("[data-making]").hidden = false;
});

// Back from the next page: the form is there again.
window.addEventListener("pageshow", () => {
  document.querySelector("[data-filling]").hidden = false;
  document.querySelector("[data-making]").hidden = true;
});
