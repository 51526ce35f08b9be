// The list: the bundle that this reader holds, the signed changes since, and who decides with them.
import { fromBase64 } from "../bytes.js";
import { verifier } from "../keys.js";
import { bundleKeyBytes } from "../protocol.js";
import { NoNetwork, Refusal, signed } from "../requests.js";
import { BundleWrong, openBundle, openChanges, withChanges } from "./bundle.js";
import { Judge } from "./judge.js";

const BUNDLE = "/api/v1/readers/bundle";
const OLD_MS = 30 * 60_000;
const LOOK_MS = 30_000;
const MOST_CHANGES = 200;

// A server that is back with an older database counts its bundles anew, in a higher epoch.
const follows = (bundle, had) =>
  bundle.epoch > had.epoch || (bundle.epoch === had.epoch && bundle.number > had.number && bundle.seq >= had.seq);

/**
 * {bundle, whole} after the changes. `whole` is the number up to which the list is all of the policy: below the bundle's
 * where changes that only a new bundle tells wait for that one. What can be told one by one counts at once; the list as
 * a whole grows no younger by it. Throws BundleWrong for a gap.
 */
function advanced({ bundle, whole }, changes) {
  const next = withChanges(bundle, changes);
  if (next === bundle) return { bundle, whole };
  const behind = whole < bundle.seq;
  if (!behind && !(changes.reload && changes.seq > bundle.seq)) return { bundle: next, whole: next.seq };
  return { bundle: { ...next, atMs: bundle.atMs }, whole };
}

/** Not all that the server told of is applied here. */
export class Behind extends Error {}

export class List {
  /** `changed(judge)` after each change of what is held. */
  constructor(identity, verifyAnswer, book, changed) {
    Object.assign(this, { identity, verifyAnswer, book, changed, judge: null, whole: 0, work: Promise.resolve() });
  }

  async start() {
    const kept = await this.book.get("list");
    if (kept) await this.reopen(kept).catch(() => {}); // unreadable: as if there were none
    this.refresh();
    setInterval(() => this.look(), LOOK_MS);
  }

  get bundle() {
    return this.judge?.bundle ?? null;
  }

  /** Whether changes were told of which a new bundle is the only word. A reload of the page does not end that. */
  get behind() {
    return this.bundle !== null && this.whole < this.bundle.seq;
  }

  /** {epoch, seq} up to which all of the policy is held. */
  get point() {
    return { epoch: this.bundle.epoch, seq: this.whole };
  }

  look() {
    const old = !this.bundle || Date.now() - this.bundle.atMs > OLD_MS;
    if (old || this.behind || this.held.changes.length > MOST_CHANGES) this.refresh();
  }

  /** What was kept is verified as if it had come just now. */
  async reopen(kept) {
    const held = await this.book.unsealed(kept);
    const verify = await verifier(fromBase64(held.key));
    const { company, reader } = this.identity;
    const bundle = await openBundle(fromBase64(held.bundle), fromBase64(held.sig), { verify, company, reader, above: 0 });
    let stands = { bundle, whole: bundle.seq };
    for (const { bytes, sig } of held.changes) {
      stands = advanced(stands, await openChanges(fromBase64(bytes), fromBase64(sig), { verify, company }));
    }
    Object.assign(this, { held, verify });
    this.use(await Judge.made(stands.bundle), stands.whole);
  }

  use(judge, whole) {
    Object.assign(this, { judge, whole });
    this.changed(judge);
  }

  // One after the other: a bundle that was asked for earlier never takes back what came later.
  inTurn(deed) {
    const done = this.work.then(deed);
    this.work = done.catch(() => {});
    return done;
  }

  /** Fetch the newest bundle; without an answer, or with one that is not the company's, what is held stays. */
  async refresh() {
    try {
      await this.inTurn(() => this.fetch());
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal || error instanceof BundleWrong)) throw error;
    }
  }

  async fetch() {
    const told = await signed(this.identity, "GET", BUNDLE);
    const { company, reader } = this.identity;
    const bundleKey = fromBase64(told.bundle_key);
    const vouched = await this.verifyAnswer(bundleKeyBytes({ company, bundleKey }), fromBase64(told.bundle_sig));
    if (!vouched) throw new BundleWrong("a key that the company does not vouch for");
    const verify = await verifier(bundleKey);
    const bundle = await openBundle(fromBase64(told.bundle), fromBase64(told.sig), { verify, company, reader, above: 0 });
    if (this.bundle && !follows(bundle, this.bundle)) throw new BundleWrong("it knows less than the one held");
    await this.keep({ bundle: told.bundle, sig: told.sig, key: told.bundle_key, changes: [] });
    this.verify = verify;
    this.use(await Judge.made(bundle), bundle.seq);
  }

  async keep(held) {
    await this.book.put("list", await this.book.sealed(held));
    this.held = held;
  }

  /**
   * Apply what the server told of the policy. Throws Behind, NoNetwork or Refusal where that was not possible: then
   * nothing may be acknowledged. A reader without a list decides nothing alone, and has nothing to apply.
   */
  applied(news) {
    return this.inTurn(async () => {
      if (!this.bundle) return;
      const mended = await this.changedBy(news);
      if (mended || this.knows(news)) return;
      try {
        await this.fetch();
      } catch (error) {
        if (!(error instanceof BundleWrong)) throw error;
      }
      if (!this.knows(news)) throw new Behind();
    });
  }

  knows({ epoch, seq }) {
    return this.bundle.epoch === epoch && this.whole >= seq;
  }

  /** Whether the signed changes alone bring the list to where the policy stands. */
  async changedBy({ bytes, sig }) {
    if (!bytes || !sig) return false;
    const { company } = this.identity;
    try {
      const changes = await openChanges(fromBase64(bytes), fromBase64(sig), { verify: this.verify, company });
      const { bundle, whole } = advanced(this, changes);
      if (bundle === this.bundle) return !this.behind;
      await this.keep({ ...this.held, changes: [...this.held.changes, { bytes, sig }] });
      this.use(this.judge.after(bundle), whole);
      return !this.behind;
    } catch (error) {
      if (!(error instanceof BundleWrong)) throw error;
      return false;
    }
  }
}
