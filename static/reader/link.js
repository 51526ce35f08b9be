// The line to the server: what changed is applied, acknowledged and only then the reader is ready.
// A socket while there is one; asking every few seconds while there is none.
import { base64, fromBase64, same, sha256 } from "./bytes.js";
import { sign } from "./keys.js";
import { ackBytes, helloBytes, keyid, parseCheckpoint, witnessBytes } from "./protocol.js";
import { Behind } from "./offline/list.js";
import { NoNetwork, Refusal, signed } from "./requests.js";
import * as store from "./store.js";

const SOCKET = "/api/v1/readers/socket";
const POLICY = "/api/v1/readers/policy";
const ACKS = "/api/v1/readers/acks";
const PING_MS = 15_000;
const SILENT_MS = 40_000;
const POLL_MS = 4_000;
const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;
const SWITCHED_OFF = new Set([4403, 403]);
const NOT_OURS = new Set([4401, 401]);

export class Link {
  /**
   * `tell(state)`: connecting, behind, ready, offline, suspended, unknown, clock, fork. `keysChanged()`: ask for them.
   * `applied(news)`: what the list makes of it.
   */
  constructor(identity, verifyCheckpoint, { tell, keysChanged, applied }) {
    Object.assign(this, { identity, verifyCheckpoint, tell, keysChanged, applied, socket: null, pause: SHORTEST_MS, work: Promise.resolve() });
    this.open = false;
    this.forked = false;
  }

  async start() {
    this.point = (await store.get("point")) ?? { epoch: 0, seq: 0 };
    this.checkpoint = await store.get("checkpoint");
    this.forked = (await store.get("forked")) === true;
    this.connect();
    setInterval(() => this.beat(), PING_MS);
    setInterval(() => this.poll(), POLL_MS);
    addEventListener("online", () => this.back());
    addEventListener("offline", () => this.say("offline"));
  }

  say(state) {
    this.tell(this.forked && state === "ready" ? "fork" : state);
  }

  connect() {
    this.say("connecting");
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + SOCKET);
    this.socket = socket;
    this.heard = performance.now();
    socket.addEventListener("message", (event) => {
      this.heard = performance.now();
      // One after the other: an acknowledgement never overtakes what it acknowledges.
      this.work = this.work.then(() => this.receive(socket, event.data)).catch(() => socket.close());
    });
    socket.addEventListener("close", (event) => this.closed(socket, event.code));
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.open = false;
    if (SWITCHED_OFF.has(code)) this.say("suspended");
    else if (NOT_OURS.has(code)) this.say("unknown");
    else this.say("offline");
    this.again(this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, LONGEST_MS);
  }

  again(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.socket ?? this.connect(), after);
  }

  // The network came back: a socket that outlived it answers a ping, a dead one is replaced.
  back() {
    if (this.socket) this.write(this.socket, { t: "ping" });
    else this.again(0);
  }

  beat() {
    if (!this.socket) return;
    if (performance.now() - this.heard > SILENT_MS) this.socket.close();
    else if (this.open) this.write(this.socket, { t: "ping" });
  }

  write(socket, message) {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  async receive(socket, text) {
    const message = JSON.parse(text);
    if (message.t === "challenge") await this.greet(socket, fromBase64(message.nonce));
    else if (message.t === "delta") await this.changed(socket, message);
    else if (message.t === "ping") this.write(socket, { t: "pong" });
    else if (message.t === "ready") this.ready();
    else if (message.t === "pong" && this.open) this.say("ready");
    else if (message.t === "checkpoint") await this.seal(socket, message);
  }

  ready() {
    this.pause = SHORTEST_MS;
    this.open = true;
    this.say("ready");
  }

  async greet(socket, nonce) {
    this.say("behind");
    const { company, companyId, reader, privateKey } = this.identity;
    const { epoch, seq } = this.point;
    const sig = await sign(privateKey, helloBytes({ company, reader, nonce, epoch, seq }));
    this.write(socket, { t: "hello", keyid: keyid(companyId, reader), epoch, seq, sig: base64(sig) });
  }

  // Numbers are gap-free: one that is missing was lost on the way, and is asked for.
  hasGap({ epoch, seq, changes }) {
    if (epoch !== this.point.epoch) return false;
    const first = changes.length > 0 ? changes[0][0] : seq;
    return seq > this.point.seq && first > this.point.seq + 1;
  }

  async changed(socket, delta) {
    if (this.hasGap(delta)) {
      this.say("behind");
      await this.catchUp();
    }
    await this.apply(delta);
    this.write(socket, { t: "ack", ...(await this.ack()) });
    if (this.open) this.say("ready");
  }

  /** Ask for what is missing until nothing is; tells whether anything was. */
  async catchUp() {
    for (let moved = false; ; moved = true) {
      const { epoch, seq } = this.point;
      const news = await signed(this.identity, "GET", `${POLICY}?epoch=${epoch}&seq=${seq}`);
      await this.apply(news);
      const stands = this.point.epoch === epoch && this.point.seq === seq;
      if (news.complete || stands) return moved || !stands;
    }
  }

  // First what is decided with, then the point: what was not applied is not acknowledged.
  async apply(news) {
    await this.applied(news);
    const { epoch, seq, changes } = news;
    if (epoch === this.point.epoch && seq <= this.point.seq) return;
    // Where the changes are not told, anything may have changed.
    if (changes.length === 0 || changes.some(([, kind]) => kind === "keys")) this.keysChanged();
    this.point = { epoch, seq };
    await store.put("point", this.point);
  }

  async ack() {
    const { company, reader, privateKey } = this.identity;
    const { epoch, seq } = this.point;
    const atMs = Date.now();
    const sig = await sign(privateKey, ackBytes({ company, reader, epoch, seq, atMs }));
    return { epoch, seq, at_ms: atMs, sig: base64(sig) };
  }

  /** Without a socket: ask, apply, acknowledge over HTTP. */
  async poll() {
    if (this.open || this.polling) return;
    this.polling = true;
    try {
      const moved = await this.catchUp();
      if (moved || !this.told) await signed(this.identity, "POST", ACKS, await this.ack());
      this.told = true;
      if (!this.open) this.say("ready");
    } catch (error) {
      this.told = false;
      if (error instanceof NoNetwork) this.say("offline");
      else if (error instanceof Refusal) this.say(this.named(error));
      else if (error instanceof Behind) this.say("behind");
      else throw error;
    } finally {
      this.polling = false;
    }
  }

  named(refusal) {
    if (refusal.code === "clock_skew") return "clock";
    if (SWITCHED_OFF.has(refusal.status)) return "suspended";
    return NOT_OURS.has(refusal.status) ? "unknown" : "offline";
  }

  /** Store a checkpoint that links the last one and put our name under it; raise the alarm if it does not. */
  async seal(socket, message) {
    const bytes = fromBase64(message.bytes);
    const sig = fromBase64(message.sig);
    const seen = parseCheckpoint(bytes);
    if (!same(seen.company, this.identity.company) || seen.number !== message.number) return;
    if (!(await this.verifyCheckpoint(bytes, sig))) return;
    const hash = await sha256(bytes);
    const last = this.checkpoint;
    if (last && seen.number < last.number) return;
    const links = !last || (seen.number === last.number + 1 && same(seen.previous, last.hash));
    const repeats = last && seen.number === last.number && same(hash, last.hash);
    if (last && !links && !repeats) {
      if (seen.number <= last.number + 1) await this.alarm(socket);
      return;
    }
    this.checkpoint = { number: seen.number, hash, bytes, sig };
    await store.put("checkpoint", this.checkpoint);
    const { company, reader, privateKey } = this.identity;
    const own = await sign(privateKey, witnessBytes({ company, reader, number: seen.number, hash }));
    this.write(socket, { t: "witness", number: seen.number, sig: base64(own) });
  }

  // Two checkpoints under the company's own signature that exclude each other: the older one is the proof.
  async alarm(socket) {
    this.forked = true;
    await store.put("forked", true);
    const { number, bytes, sig } = this.checkpoint;
    this.write(socket, { t: "fork", number, bytes: base64(bytes), sig: base64(sig) });
    this.say("fork");
  }
}
