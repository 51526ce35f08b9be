// A USB scanner types: digits faster than any person, then Enter.
const BETWEEN_MS = 120;
const SHORTEST = 20;
const LONGEST = 4096;

export class Wedge {
  constructor(seen) {
    Object.assign(this, { seen, digits: "", at: -Infinity });
    addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.altKey || event.metaKey) return;
    // When the key was struck, not when this page came to it: a slow tablet is behind a fast scanner.
    const now = event.timeStamp;
    if (now - this.at > BETWEEN_MS) this.digits = "";
    this.at = now;
    if (/^[0-9]$/.test(event.key)) {
      this.digits = (this.digits + event.key).slice(-LONGEST);
      event.preventDefault();
    } else if (event.key === "Enter" && this.digits.length >= SHORTEST) {
      const { digits } = this;
      this.digits = "";
      event.preventDefault();
      this.seen(digits);
    }
  }
}
