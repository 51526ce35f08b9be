// The code as a picture: QR in numeric mode, level M, quiet zone 4, black on pure white. Version 6 (41 modules) for a
// live code, 10 (57 modules) for pass + proof.
import { qrcode } from "../vendor/qrcode-generator/qrcode.js";

const SVG = "http://www.w3.org/2000/svg";
const VERSION_BY_LENGTH = { 252: 6, 504: 10 };
const QUIET = 4;

function path(code) {
  const count = code.getModuleCount();
  const parts = [];
  for (let row = 0; row < count; row += 1) {
    let start = -1;
    for (let column = 0; column <= count; column += 1) {
      const dark = column < count && code.isDark(row, column);
      if (dark && start < 0) start = column;
      if (!dark && start >= 0) {
        parts.push(`M${start + QUIET} ${row + QUIET}h${column - start}v1h${start - column}z`);
        start = -1;
      }
    }
  }
  return parts.join("");
}

/** Draw the digits into `place`, one module a whole number of the screen's own pixels. */
export function draw(place, digits) {
  const code = qrcode(VERSION_BY_LENGTH[digits.length], "M");
  code.addData(digits, "Numeric");
  code.make();
  const side = code.getModuleCount() + 2 * QUIET;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${side} ${side}`);
  picture.setAttribute("shape-rendering", "crispEdges");
  picture.setAttribute("aria-hidden", "true");
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path(code));
  dark.setAttribute("fill", "#000");
  picture.append(dark);
  place.replaceChildren(picture);
  const pixel = 1 / (window.devicePixelRatio || 1);
  const module = Math.max(pixel, Math.floor(place.clientWidth / side / pixel) * pixel);
  picture.style.width = `${module * side}px`;
  picture.style.height = `${module * side}px`;
}

export function wipe(place) {
  place.replaceChildren();
}
