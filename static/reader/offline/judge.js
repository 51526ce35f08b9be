// Deciding alone: the bundle instead of the server, the same opening and the same rules. sallyport/offline/deciding.py.
import { before } from "../reasons.js";
import { CodeRefused, OpeningKeys, openCode } from "./opening.js";
import { ASSURANCE, decide, refuse } from "./rules.js";

const NO_NUMBERS = [0];
const nobody = () => false;

/** A bundle, ready to decide. */
export class Judge {
  constructor(bundle, keys) {
    Object.assign(this, { bundle, keys });
    this.grants = new Map(
      [...bundle.profiles].map(([profile, levels]) => [
        profile,
        levels
          .filter((level) => bundle.door.levels.has(level))
          .map((level) => ({ level, validFrom: null, validUntil: null })),
      ]),
    );
  }

  static async made(bundle) {
    const keys = await Promise.all(bundle.keys.map((set) => OpeningKeys.made(bundle.company, set)));
    return new Judge(bundle, new Map(keys.map((key) => [key.keyId, key])));
  }

  /** The same keys with what has changed beside them: changes come often, keys seldom. */
  after(bundle) {
    return new Judge(bundle, this.keys);
  }

  /** The code as it opens at this door. Throws CodeRefused. */
  open(code, now, challenges) {
    const { life, door } = this.bundle;
    const numbers = door.challenge ? challenges : NO_NUMBERS;
    return openCode(code, { keys: this.keys, foreign: nobody, now, life, challenges: numbers });
  }

  /**
   * {granted, reason, facts, use} at unix second `now`. `used(use)` tells whether a code has opened a door as far as
   * known here, and `inside(credential)` whom this reader has let in; `use` of the answer is what this decision uses up,
   * or null.
   */
  async decide(code, { now, challenges, used, inside = () => ({ since: null, people: 0 }) }) {
    const { door, mode, trust, life, atMs } = this.bundle;
    let opened;
    try {
      opened = await this.open(code, now, challenges);
    } catch (error) {
      if (!(error instanceof CodeRefused)) throw error;
      return { ...refuse(error.reason, now, door.at), use: null };
    }
    const { contents, use } = opened;
    const known = door.watch?.[0] ? await inside(contents.credential) : null;
    let decision = decide({
      now,
      door,
      shown: { opened, reached: contents.flags & 1 ? ASSURANCE.unlock : ASSURANCE.code, second: "none" },
      credential: this.credential(contents),
      device: this.device(contents),
      offline: { mode, trust, listAt: Math.floor(atMs / 1000), life },
      inside: known,
    });
    if (use !== null && !before(decision.reason, "replayed") && used(use)) decision = refuse("replayed", now, door.at);
    return { ...decision, use: decision.granted ? use : null };
  }

  credential({ credential: handle, profile }) {
    const { gone } = this.bundle;
    let [state, holderState] = ["ACTIVE", "ACTIVE"];
    if (gone.revoked.has(handle)) state = "REVOKED";
    else if (gone.suspended.has(handle)) state = "SUSPENDED";
    else if (gone.inactive.has(handle)) holderState = "SUSPENDED";
    return {
      handle,
      state,
      holderState,
      holderKind: "EMPLOYEE",
      validFrom: null,
      validUntil: null,
      profile,
      grants: this.grants.get(profile) ?? [],
      faceConsent: false, // asked for where the server decides
    };
  }

  device({ device: handle, credential }) {
    return { handle, state: this.bundle.gone.devices.has(handle) ? "REVOKED" : "ACTIVE", credential };
  }
}
