// What a reader that is cut off keeps on the disk: its journal, the codes that are used, its list. Each is encrypted
// under a key that no script can read; an entry is on the disk before anything is shown.
import { base64, utf8 } from "../bytes.js";
import { deleted, opened } from "../databases.js";
import { sign } from "../keys.js";
import { LetIn } from "./letin.js";
import { entryBytes, entryHash, FIRST_PREVIOUS, MOST_HANDED_IN } from "./journal.js";

const DATABASE = "sallyport-reader-offline"; // of its own: a page of the last version goes on with the one it has open
const DAY_MS = 86_400_000;
const USED_MS = 26 * 3_600_000; // longer than any code lives
const KEPT_MS = 30 * DAY_MS;
const SEAL = { name: "AES-GCM", length: 256 };

function done(transaction, result = () => undefined) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(result());
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

function made(database) {
  database.createObjectStore("entries", { keyPath: ["reader", "position"] });
  database.createObjectStore("used"); // use -> when, unix ms
  database.createObjectStore("held"); // seal, list, away, floor, signer, handed {reader, position, hash}
}

const open = () => opened(DATABASE, made, () => {});

/** Destroy it: first what it is encrypted under, for a window of an earlier version may hold the rest open. */
export async function destroy() {
  const database = await open();
  const transaction = database.transaction(["held", "entries", "used"], "readwrite", { durability: "strict" });
  for (const name of ["held", "entries", "used"]) transaction.objectStore(name).clear();
  await done(transaction);
  database.close();
  await deleted(DATABASE);
}

export class Book {
  constructor(identity, database) {
    Object.assign(this, { identity, database, writing: Promise.resolve(), letIn: null });
  }

  /** The book of this reader, its last entry and its used codes at hand. */
  static async of(identity) {
    const book = new Book(identity, await open());
    book.seal = await book.sealKey();
    book.head = await book.last();
    await book.signAnew();
    book.uses = new Set(await book.keptUses());
    book.floorMs = (await book.get("floor")) ?? 0;
    return book;
  }

  read(store, deed) {
    const transaction = this.database.transaction(store, "readonly");
    const request = deed(transaction.objectStore(store));
    return done(transaction, () => request.result);
  }

  // Strict: a door opens only after the bytes are on the disk.
  write(stores, deed) {
    const transaction = this.database.transaction(stores, "readwrite", { durability: "strict" });
    deed(transaction);
    return done(transaction);
  }

  get(name) {
    return this.read("held", (store) => store.get(name));
  }

  put(name, value) {
    return this.write(["held"], (transaction) => transaction.objectStore("held").put(value, name));
  }

  async sealKey() {
    const kept = await this.get("seal");
    if (kept) return kept;
    const made = await crypto.subtle.generateKey(SEAL, false, ["encrypt", "decrypt"]);
    await this.put("seal", made);
    return made;
  }

  async sealed(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: SEAL.name, iv }, this.seal, utf8(JSON.stringify(value))) };
  }

  async unsealed({ iv, data }) {
    const bytes = await crypto.subtle.decrypt({ name: SEAL.name, iv }, this.seal, data);
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  range(from = 0) {
    const { reader } = this.identity;
    return IDBKeyRange.bound([reader, from], [reader, Infinity]);
  }

  async last() {
    const row = (await this.read("entries", (store) => store.openCursor(this.range(), "prev")))?.value;
    const found = row ?? { position: 0, counter: 0, atMs: 0, hash: FIRST_PREVIOUS };
    const { position, hash } = await this.handed();
    return position > found.position ? { ...found, position, hash } : found;
  }

  /** Where the server's journal of this reader ended, as far as known: {position, hash}. */
  async handed() {
    const kept = await this.get("handed");
    return kept?.reader === this.identity.reader ? kept : { position: 0, hash: FIRST_PREVIOUS };
  }

  async keptUses() {
    const before = Date.now() - USED_MS;
    await this.write(["used"], (transaction) => {
      const request = transaction.objectStore("used").openCursor();
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return;
        if (cursor.value < before) cursor.delete();
        cursor.continue();
      };
    });
    return this.read("used", (store) => store.getAllKeys());
  }

  used(use) {
    return this.uses.has(use);
  }

  /** A code that opened here, whoever decided it, and the time that this vouches for. */
  async note(use, atMs, floorMs) {
    this.uses.add(use);
    await this.write(["used", "held"], (transaction) => {
      transaction.objectStore("used").put(atMs, use);
      this.raiseFloor(transaction, floorMs);
    });
  }

  // Time does not fall below this any more, after a reload too.
  raiseFloor(transaction, floorMs) {
    if (floorMs <= this.floorMs) return;
    this.floorMs = floorMs;
    transaction.objectStore("held").put(floorMs, "floor");
  }

  /**
   * Sign, chain and write an entry, and `floorMs`, the time that it vouches for; it is on the disk when this returns.
   * One after the other.
   */
  enter(told, use, floorMs = 0) {
    const written = this.writing.then(() => this.entered(told, use, floorMs));
    this.writing = written.catch(() => {});
    return written;
  }

  /** The row of an entry that follows `head`. */
  async row(told, head) {
    const { identity } = this;
    const entry = { ...told, position: head.position + 1, previous: head.hash };
    const signed = await entryBytes(entry, identity);
    const { atMs, previous, ...wire } = entry;
    const sig = base64(await sign(identity.privateKey, signed));
    return {
      reader: identity.reader,
      position: entry.position,
      counter: entry.counter,
      atMs,
      hash: await entryHash(signed),
      sealed: await this.sealed({ ...wire, at_ms: atMs, previous: base64(previous), sig }),
    };
  }

  async entered(told, use, floorMs) {
    const row = await this.row(told, this.head);
    await this.write(["entries", "used", "held"], (transaction) => {
      // Added, not put: a position that is taken already is written over by nobody.
      transaction.objectStore("entries").add(row);
      if (use !== null) transaction.objectStore("used").put(row.atMs, use);
      this.raiseFloor(transaction, floorMs);
    });
    this.head = row;
    if (use !== null) this.uses.add(use);
    if (told.granted) (await this.letIn)?.note(told.facts);
  }

  /** {since, people}: whom this reader let in alone, as far as the server does not know it yet. */
  async inside(credential) {
    this.letIn ??= this.readLetIn().catch((error) => {
      this.letIn = null; // read again at the next need
      throw error;
    });
    return (await this.letIn).inside(credential);
  }

  async readLetIn() {
    const known = new LetIn();
    let { position } = await this.handed();
    for (;;) {
      const entries = await this.after(position);
      if (entries.length === 0) return known;
      for (const { position: at, granted, facts } of entries) {
        if (granted) known.note(facts);
        position = at;
      }
    }
  }

  /**
   * Where the server's journal of this reader ends. Where that is beyond ours, as after a wipe, what was decided here
   * meanwhile is numbered and chained anew behind it; it keeps its counters.
   */
  standsAt(point) {
    const done = this.writing.then(() => this.stands(point));
    this.writing = done.catch(() => {});
    return done;
  }

  async stands({ position, hash }) {
    const { reader } = this.identity;
    const before = await this.handed();
    const beyond = position > this.head.position;
    if (!beyond && position === before.position) return;
    const rows = beyond ? await this.anew(before.position, { ...this.head, position, hash }) : [];
    await this.write(["entries", "held"], (transaction) => {
      const entries = transaction.objectStore("entries");
      if (rows.length > 0) entries.delete(this.range(before.position + 1));
      for (const row of rows) entries.add(row);
      transaction.objectStore("held").put({ reader, position, hash }, "handed");
    });
    if (beyond) this.head = rows.at(-1) ?? { ...this.head, position, hash };
    this.letIn = null; // what was handed in, the server knows better
  }

  /** What comes after a position, chained behind `head` and signed by the key of today. */
  async anew(after, head) {
    const rows = [];
    for (const { sealed } of await this.read("entries", (store) => store.getAll(this.range(after + 1)))) {
      const { at_ms: atMs, sig, ...told } = await this.unsealed(sealed);
      rows.push(await this.row({ ...told, atMs }, rows.at(-1) ?? head));
    }
    return rows;
  }

  /** Paired again, the reader has another key: what the server does not have yet it would not take under the old one. */
  async signAnew() {
    const signer = base64(this.identity.publicKey);
    if ((await this.get("signer")) === signer) return;
    const { position, hash } = await this.handed();
    const rows = await this.anew(position, { ...this.head, position, hash });
    await this.write(["entries", "held"], (transaction) => {
      for (const row of rows) transaction.objectStore("entries").put(row);
      transaction.objectStore("held").put(signer, "signer");
      transaction.objectStore("held").delete("floor"); // a pairing lowers it
    });
    this.head = rows.at(-1) ?? this.head;
  }

  /** The entries after a position as they are handed in, ascending, no more than one request takes. */
  async after(position) {
    const rows = await this.read("entries", (store) => store.getAll(this.range(position + 1), MOST_HANDED_IN));
    return Promise.all(rows.map((row) => this.unsealed(row.sealed)));
  }

  /** Forget what was handed in and is older than it is kept; the last entry stays, the chain hangs on it. */
  async tidy(handedIn) {
    const before = Date.now() - KEPT_MS;
    const most = Math.min(handedIn, this.head.position - 1);
    await this.write(["entries"], (transaction) => {
      const request = transaction.objectStore("entries").openCursor(this.range());
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor || cursor.value.position > most || cursor.value.atMs >= before) return;
        cursor.delete();
        cursor.continue();
      };
    });
  }
}
