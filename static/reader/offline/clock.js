// The time by which a reader decides: it never falls below what it has seen before. sallyport/offline/clock.py.

/** A floor of unix milliseconds, and the monotonic clock's reading at which it was laid. */
export class ReaderClock {
  constructor(floorMs = 0, laidAtMs = 0) {
    Object.assign(this, { floorMs, laidAtMs });
  }

  /** Lay the floor at `atMs`, unless time stands above it already. Tells whether it rose. */
  raiseFloor(atMs, monoMs) {
    if (atMs <= this.floor(monoMs)) return false;
    Object.assign(this, { floorMs: atMs, laidAtMs: monoMs });
    return true;
  }

  /** Unix milliseconds: the wall clock's, or the floor's with what went by since. */
  nowMs(wallMs, monoMs) {
    return Math.max(wallMs, this.floor(monoMs));
  }

  /** By how much the wall clock is below the floor: what was set back, or was never set. */
  behindMs(wallMs, monoMs) {
    return Math.max(0, this.floor(monoMs) - wallMs);
  }

  floor(monoMs) {
    return this.floorMs ? this.floorMs + Math.max(0, Math.floor(monoMs - this.laidAtMs)) : 0;
  }
}
