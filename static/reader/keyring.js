// The keys that open codes, laid in ahead: asked for at the start, each hour and when the policy says so; kept for offline.
import { fromBase64, same } from "./bytes.js";
import { verifier } from "./keys.js";
import { bundleKeyBytes, parseKeys } from "./protocol.js";
import { NoNetwork, Refusal, signed } from "./requests.js";
import * as store from "./store.js";

const KEYS = "/api/v1/readers/keys";
const HOUR_MS = 3_600_000;
const AGAIN_MS = 20_000;
const SPREAD_MS = 1_500; // a thousand readers hear of new keys in the same moment

export class Keyring {
  constructor(identity, verifyAnswer) {
    Object.assign(this, { identity, verifyAnswer, timer: 0, busy: false, asked: false });
  }

  async start() {
    this.held = await store.get("keys");
    setInterval(() => this.refresh(), HOUR_MS);
    addEventListener("online", () => this.soon());
    this.refresh();
  }

  soon(after = Math.random() * SPREAD_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), after);
  }

  /** One asking at a time; what comes meanwhile is asked for once more afterwards. */
  async refresh() {
    this.asked = true;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.asked) {
        this.asked = false;
        await this.fetch();
      }
    } catch (error) {
      this.soon(AGAIN_MS);
      if (!(error instanceof NoNetwork || error instanceof Refusal || error instanceof RangeError)) throw error;
    } finally {
      this.busy = false;
    }
  }

  async fetch() {
    const told = await signed(this.identity, "GET", KEYS);
    const list = await this.believed(told);
    if (this.held && list.atMs < this.held.atMs) throw new RangeError("an older list");
    this.held = { atMs: list.atMs, sets: list.sets };
    await store.put("keys", this.held);
    const newest = list.sets.at(-1)?.keyId;
    if (newest !== undefined) await signed(this.identity, "POST", KEYS, { newest });
  }

  /** The list, if the company signed it for this reader. Throws RangeError for any other. */
  async believed(told) {
    const { company, reader } = this.identity;
    const [bytes, sig] = [fromBase64(told.keys), fromBase64(told.sig)];
    const bundleKey = fromBase64(told.bundle_key);
    const vouched = await this.verifyAnswer(bundleKeyBytes({ company, bundleKey }), fromBase64(told.bundle_sig));
    if (!vouched || !(await (await verifier(bundleKey))(bytes, sig))) throw new RangeError("not signed by the company");
    const list = parseKeys(bytes);
    if (!same(list.company, company) || list.reader !== reader) throw new RangeError("for another reader");
    return list;
  }
}
