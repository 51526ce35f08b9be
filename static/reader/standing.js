// Whether the server lets this reader open anything. On the disk: pulling the cable brings no suspended reader to life.
import * as store from "./store.js";

const FORKED = "identity_forked";
export const SHUT = new Set([FORKED, "reader_suspended", "reader_retired"]);

export class Standing {
  /** `changed()` after each change of `shut`. */
  constructor(shut, changed) {
    Object.assign(this, { shut, changed });
  }

  static async kept(changed) {
    return new Standing((await store.get("shut")) ?? "", changed);
  }

  get forked() {
    return this.shut === FORKED;
  }

  /** `code`: one of SHUT. That there are two stays said until the server takes this reader back. */
  async shutBy(code) {
    if (this.shut === code || this.forked) return;
    this.shut = code;
    this.changed();
    await store.put("shut", code);
  }

  async opens() {
    if (!this.shut) return;
    await store.put("shut", ""); // first on the disk: what cannot be written stays shut
    this.shut = "";
    this.changed();
  }
}
