// Sets of handles in few bytes: sorted, the distance from each to the next as a varint. sallyport/offline/handles.py.
const LARGEST = 2 ** 32 - 1;
const MOST_BYTES = 5; // of one distance

/** The set as bytes. Throws RangeError for a handle outside 1..2^32-1. */
export function packHandles(handles) {
  const packed = [];
  let before = 0;
  for (const handle of [...new Set(handles)].sort((one, other) => one - other)) {
    if (!Number.isInteger(handle) || handle < 1 || handle > LARGEST) throw new RangeError("a handle is 1 to 2^32-1");
    let distance = handle - before;
    before = handle;
    // Arithmetic, not bits: those of this language end at 31.
    for (; distance > 0x7f; distance = Math.floor(distance / 128)) packed.push((distance % 128) + 128);
    packed.push(distance);
  }
  return Uint8Array.from(packed);
}

/** The set of `packHandles`. Throws RangeError for bytes that it does not write. */
export function unpackHandles(bytes) {
  const handles = new Set();
  let [handle, distance, read] = [0, 0, 0];
  for (const byte of bytes) {
    distance += (byte & 0x7f) * 128 ** read;
    read += 1;
    if (byte & 0x80) {
      if (read >= MOST_BYTES) throw new RangeError("a distance is too long");
      continue;
    }
    if (byte === 0) throw new RangeError("handles ascend, each in its shortest spelling");
    handle += distance;
    if (handle > LARGEST) throw new RangeError("a handle is out of range");
    handles.add(handle);
    [distance, read] = [0, 0];
  }
  if (read) throw new RangeError("cut");
  return handles;
}
