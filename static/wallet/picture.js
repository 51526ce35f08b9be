// The code as a picture. Version 6 (41 modules) for a live code, 10 (57 modules) for pass + proof.
import { qrPicture } from "../js/qr.js";

const VERSION_BY_LENGTH = { 252: 6, 504: 10 };

/** Draw the digits into `place`, one module a whole number of the screen's own pixels. */
export function draw(place, digits) {
  const { picture, side } = qrPicture(digits, VERSION_BY_LENGTH[digits.length]);
  place.replaceChildren(picture);
  const pixel = 1 / (window.devicePixelRatio || 1);
  const module = Math.max(pixel, Math.floor(place.clientWidth / side / pixel) * pixel);
  picture.style.width = `${module * side}px`;
  picture.style.height = `${module * side}px`;
}

export function wipe(place) {
  place.replaceChildren();
}
