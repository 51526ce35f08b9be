// The number at the door, read from its picture by the phone's own camera and decoder where the browser has one.
const TRY_MS = 150;
const LONGEST_MS = 30_000;
const NUMBER = /^[1-9][0-9]{3}$/;

export const canRead = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The number that comes before the camera; null when `stopped()` or after half a minute. Throws without a camera. */
export async function readNumber(video, stopped) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    video.srcObject = stream;
    video.hidden = false;
    video.play().catch(() => {}); // without a frame there is nothing to read, and the time runs out
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    for (let left = LONGEST_MS; left > 0 && !stopped(); left -= TRY_MS) {
      const found = await detector.detect(video).catch(() => []); // a frame that is not there yet
      const number = found.map(({ rawValue }) => rawValue).find((value) => NUMBER.test(value));
      if (number) return Number(number);
      await pause(TRY_MS);
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    video.hidden = true;
  }
}
