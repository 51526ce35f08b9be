// A QR code as a picture: level M, quiet zone 4, black on pure white. Digits in numeric mode, addresses byte by byte.
import { qrcode } from "../vendor/qrcode-generator/qrcode.js";

const SVG = "http://www.w3.org/2000/svg";
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

/** {picture, side}: an SVG of `side` modules, the quiet zone among them. */
export function qrPicture(digits, version) {
  return drawn(qrcode(version, "M"), digits, "Numeric");
}

/** An SVG of a text, as large as it must be. */
export function qrText(text) {
  return drawn(qrcode(0, "M"), text, "Byte").picture;
}

function drawn(code, told, mode) {
  code.addData(told, mode);
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
  return { picture, side };
}
