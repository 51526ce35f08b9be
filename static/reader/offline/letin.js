// Whom this reader let in alone and the server has not been told of: sallyport/offline/letin.py.

export class LetIn {
  constructor() {
    this.entries = new Map(); // credential -> unix second
  }

  /** Take up a grant by its stored facts; one that leads into no watched area is passed over. */
  note(facts) {
    if (!facts.includes('"watch":[true')) return;
    const { code, now } = JSON.parse(facts);
    this.entries.set(code[2], now);
  }

  inside(credential) {
    return { since: this.entries.get(credential) ?? null, people: this.entries.size };
  }
}
