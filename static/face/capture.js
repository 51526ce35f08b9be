// Taking a face before a camera, for the wallet, the desk and the door. How a request is signed is none of its business.
//
//   const { how, answer } = await capture(begun, { video, send, told, signal });
//
// begun   what the server answered to the beginning of the session: session (uuid), nonce (base64url of 16 bytes),
//         sequence, step, done, of, seconds.
// video   a <video> that plays the camera. Each frame is a picture that no frame before it was; unmirrored, whatever the
//         page's style does; JPEG of quality 0.85, 640 pixels on the longer side or as the camera gives, if that is less.
// send    async (body: Uint8Array) => answer. One request at a time. An error with `retry === true` is the server's "not
//         now, nothing was counted" (busy): the next frame goes under the same number. Any other error is thrown on: an
//         answer was lost, and whether the frame was counted nobody knows. It must end by itself (a time limit of its own).
// told    ({ step, done, of, hint, text }) => void. First with the first step, then with every answer of a running session.
//         `step` is { move, colour }; while `move` is "flash" the page fills its screen with COLOURS[colour] before it
//         returns. `hint` is "" where the last frame was good, else a code
//         (words.js says what to do about it); `text` is the server's, where it gives one.
// signal  an AbortSignal: giving up. The promise is settled at once, what is on its way is not waited for.
//
// how     "passed", "failed"    the server's word, with its answer (`code` and `text` of a failure, members of a result)
//         "aborted"             by the signal
//         "late"                `seconds` are over
//         "camera"              it gives no new picture
//
// Nothing is kept: the canvas is emptied after each frame.
const LONGEST = 640;
const QUALITY = 0.85;
const APART_MS = 110; // nine a second: the server takes 150 frames in 15 s
const BUSY_MS = 250;
const STALE_MS = 2000; // without a new picture for so long the camera is gone

// Colours of the step "flash", those of biometrics/liveness/steps.py: a test holds them together.
export const COLOURS = {
  red: "rgb(255 60 60)",
  yellow: "rgb(255 255 60)",
  green: "rgb(60 255 60)",
  cyan: "rgb(60 255 255)",
  blue: "rgb(60 60 255)",
  magenta: "rgb(255 60 255)",
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function sixteen(bytes) {
  if (bytes.length !== 16) throw new RangeError("not 16 bytes");
  return bytes;
}

function uuidBytes(text) {
  const digits = text.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new RangeError("not a uuid");
  return Uint8Array.from(digits.match(/../g), (pair) => Number.parseInt(pair, 16));
}

function nonceBytes(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return sixteen(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)));
}

/** One frame as it goes over the wire: session 16 | nonce 16 | sequence, 4 bytes, big endian | JPEG. Throws RangeError. */
export function frameBody({ session, nonce }, sequence, jpeg) {
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 0xffffffff) throw new RangeError("not a number of a frame");
  const body = new Uint8Array(36 + jpeg.length);
  body.set(uuidBytes(session), 0);
  body.set(nonceBytes(nonce), 16);
  new DataView(body.buffer).setUint32(32, sequence);
  body.set(jpeg, 36);
  return body;
}

/** Width and height of a frame of a camera of this size: 640 on the longer side at most, never enlarged. */
export function frameSize(width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

/** The picture that the video shows now, as JPEG; null where it shows none. `canvas` is empty again afterwards. */
export function takeJpeg(video, canvas = document.createElement("canvas")) {
  const [width, height] = frameSize(video.videoWidth, video.videoHeight);
  if (!width || !height) return null;
  Object.assign(canvas, { width, height });
  try {
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, width, height);
    // Not toBlob: Chromium does that when the page is idle, and a busy page is kept waiting for seconds.
    const letters = atob(canvas.toDataURL("image/jpeg", QUALITY).split(",")[1]);
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } finally {
    Object.assign(canvas, { width: 0, height: 0 });
  }
}

/** Whether the video came to show a picture that it had not shown before: the same bytes twice would be a recording. */
function newPicture(video) {
  return new Promise((resolve) => {
    const shown = video.currentTime;
    const until = performance.now() + STALE_MS;
    setTimeout(resolve, STALE_MS, false);
    const look = () => {
      if (video.currentTime !== shown) resolve(true);
      else if (performance.now() < until) requestAnimationFrame(look);
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(() => resolve(true));
    else look();
  });
}

/** The next picture as JPEG; null when the camera is gone. */
async function nextJpeg(video, canvas) {
  return (await newPicture(video)) ? takeJpeg(video, canvas) : null;
}

/** Why it is over before the server says so: "aborted" or "late"; `clear` when it is over otherwise. */
function giveUp(seconds, signal) {
  let timer;
  let abort;
  const reason = new Promise((resolve) => {
    timer = setTimeout(() => resolve("late"), seconds * 1000);
    abort = () => resolve("aborted");
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
  });
  const clear = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { reason, clear };
}

async function frames(begun, { video, send, told }, isOver) {
  const canvas = document.createElement("canvas");
  let { sequence } = begun;
  let last = begun;
  while (!isOver()) {
    const apart = pause(APART_MS);
    const jpeg = await nextJpeg(video, canvas);
    if (!jpeg) return { how: "camera", answer: null };
    if (isOver()) break;
    try {
      last = await send(frameBody(begun, sequence, jpeg));
      sequence = last.sequence ?? sequence + 1;
    } catch (error) {
      if (error.retry !== true) throw error;
      last = { ...last, hint: error.code, text: error.text };
      await pause(BUSY_MS);
    }
    if (isOver()) break;
    if (last.phase === "passed" || last.phase === "failed") return { how: last.phase, answer: last };
    tell(told, last);
    await apart;
  }
  return null; // nobody listens any more
}

function tell(told, { step, done, of, hint = "", text = "" }) {
  told({ step, done, of, hint, text });
}

/** Sends frames until the session is over; { how, answer } as said above. Throws what `send` throws. */
export async function capture(begun, { video, send, told, signal }) {
  const { reason, clear } = giveUp(begun.seconds, signal);
  let over = false;
  try {
    tell(told, begun);
    const given = reason.then((how) => ({ how, answer: null }));
    return await Promise.race([given, frames(begun, { video, send, told }, () => over)]);
  } finally {
    over = true;
    clear();
  }
}
