// The kiosk's camera: on only while a screen needs it, and off with it.

const WISHED = { audio: false, video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 720 } } };
const PICTURE_MS = 10_000;

/** It is not there, or is not allowed. */
export class NoCamera extends Error {}

/** Play the camera in `video` until `signal` says that it is over. Settled with the first picture; NoCamera without. */
export async function play(video, signal) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(WISHED);
  } catch {
    throw new NoCamera();
  }
  const off = () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  if (signal.aborted) return off();
  signal.addEventListener("abort", off);
  video.srcObject = stream;
  const shown = new Promise((resolve, reject) => {
    video.addEventListener("loadeddata", resolve, { once: true });
    setTimeout(reject, PICTURE_MS, new NoCamera());
  });
  try {
    await Promise.all([video.play(), shown]);
  } catch {
    off();
    throw new NoCamera();
  }
  return undefined;
}
