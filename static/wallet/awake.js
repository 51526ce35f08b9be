// Keeps the screen on while a code is shown. Where a browser cannot, nothing breaks: the code renews all the same.
let lock = null;
let wanted = false;

async function take() {
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // low battery, or not allowed
  }
  if (!wanted) await release();
}

async function release() {
  const held = lock;
  lock = null;
  try {
    await held?.release();
  } catch {
    // it was gone already
  }
}

export function stayAwake() {
  wanted = true;
  return take();
}

export function mayBlank() {
  wanted = false;
  return release();
}
