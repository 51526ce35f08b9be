// What somebody came for, from the first question to the last word. Each returns when its time is over.
import { reading } from "./document-views.js";
import { appointment, BACK, code, details, whom } from "./entry-views.js";
import { face } from "./face-view.js";
import { notices } from "./notice.js";
import { photo } from "./photo-view.js";
import { atReception, called, delivery, leaving, left, noNetwork, sealed } from "./plain-views.js";
import { progress, questions } from "./plan.js";
import { NoNetwork, Refusal } from "./requests.js";
import { done, phone, waiting, way } from "./way-views.js";

const OWN = { expected: ["entry"], walk_in: ["whom", "details"] };
const EXPECTED_OFFLINE = ["entry", ...OWN.walk_in];

function reach(turn, flow, name) {
  return progress(questions(OWN[flow], turn.view?.steps ?? stepsOf(turn), turn.documents), name);
}

/** The kinds of visit for whoever was not announced. */
function walkIns(state) {
  return state.types.filter((type) => type.walk_in);
}

/** Before the server says which steps there are: those of the kind of visit, as the kiosk knows it. */
function stepsOf({ state, given }) {
  const types = walkIns(state);
  const type = types.find((one) => one.id === given.type) ?? types[0];
  if (!type) return [];
  const steps = type.documents.length ? ["documents"] : [];
  if (type.photo !== "none") steps.push("photo");
  if (type.face) steps.push("face");
  if (type.ways.length > 1) steps.push("way");
  return [...steps, "phone"];
}

const STEPS = {
  details: (turn, flow) =>
    details(turn, { given: { name: turn.view.name ?? "" }, send: (answer) => turn.step("details", answer) }, reach(turn, flow, "details")),
  documents: (turn, flow) => {
    const [first] = turn.view.documents;
    const at = `documents-${turn.documents - turn.view.documents.length + 1}`;
    const name = turn.view.name ?? turn.given.name ?? "";
    return reading(turn, first, name, (signed) => turn.step("documents", signed), reach(turn, flow, at));
  },
  consent: (turn, flow) => notices(turn, reach(turn, flow, "notices")),
  photo: (turn, flow) => photo(turn, turn.view.photo, reach(turn, flow, "notices")),
  face: (turn, flow) => face(turn, reach(turn, flow, "face")),
  way: (turn, flow) => way(turn, reach(turn, flow, "way")),
  phone: async (turn, flow) => {
    const view = await phone(turn, reach(turn, flow, "way_in"));
    return view ?? way(turn, reach(turn, flow, "way"));
  },
};

/** Step by step as the server names them, until none is open. */
async function follow(turn, flow) {
  for (;;) {
    const { state, step } = turn.view;
    if (state === "refused") return atReception(turn, { name: "refused", title: "refused_title" });
    if (state === "over") return atReception(turn);
    if (state === "waiting") await again(turn, () => waiting(turn, {}));
    else if (state === "done" || !STEPS[step]) return done(turn);
    else await again(turn, () => STEPS[step](turn, flow));
  }
}

/** A step during which the network went is asked for again, by whoever stands there. */
async function again(turn, deed) {
  try {
    return await deed();
  } catch (error) {
    if (error instanceof Refusal) return turn.look(); // it stands otherwise than was thought
    if (!(error instanceof NoNetwork)) throw error;
    return noNetwork(turn, () => turn.look());
  }
}

/** Begin at the server. Without network: the same questions, sealed, and with them the code. Undefined: it was offline. */
async function begun(turn, told) {
  try {
    if (turn.offline) throw new NoNetwork();
    return await turn.begin(told);
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    turn.offline = true;
    if (told.code) turn.given = { ...turn.given, code: told.code };
    return undefined;
  }
}

/** The code of the mail; without network nobody can say whether it is right, and it is handed in with the rest. */
function entry(turn) {
  const at = turn.offline ? ofWritten(turn, EXPECTED_OFFLINE, "entry") : reach(turn, "expected", "entry");
  return code(turn, (typed) => begun(turn, { flow: "expected", code: typed }), at);
}

export async function expected(turn, kiosk) {
  let view = await entry(turn);
  if (turn.offline) return written(turn, kiosk, EXPECTED_OFFLINE);
  while (view === null) {
    const ask = (name, date) => {
      turn.given = { name };
      return begun(turn, { flow: "expected", name, date });
    };
    view = await appointment(turn, ask, reach(turn, "expected", "entry"));
    if (view === BACK) view = await entry(turn);
  }
  return turn.offline ? written(turn, kiosk, EXPECTED_OFFLINE) : follow(turn, "expected");
}

export async function walkIn(turn, kiosk) {
  if (turn.offline) return written(turn, kiosk);
  for (;;) {
    const asked = await whom(turn, reach(turn, "walk_in", "whom"));
    if (asked === null) return written(turn, kiosk);
    const { type, host } = asked;
    turn.given = { ...turn.given, type, host_name: host.name };
    const send = (who) => {
      turn.given = { ...turn.given, ...who };
      return begun(turn, { flow: "walk_in", type, host: host.id, ...who });
    };
    const answer = await details(turn, { given: turn.given, back: true, send }, reach(turn, "walk_in", "details"));
    if (answer === BACK) continue;
    return turn.offline ? written(turn, kiosk) : follow(turn, "walk_in");
  }
}

function ofWritten(turn, own, name) {
  const steps = walkIns(turn.state).length ? ["documents"] : [];
  return progress(questions(own, steps, documentsOf(turn).length), name);
}

/**
 * Without network: who, whom, the documents as this kiosk knows them, then sealed so that it cannot read them itself.
 * All of it is asked also of whoever gave a code: it may turn out not to be theirs. Where the company takes nobody who
 * was not announced there is no type to choose and no document to show: the visit of the code has its own.
 */
async function written(turn, kiosk, own = OWN.walk_in) {
  turn.offline = true;
  const takes = walkIns(turn.state).length > 0;
  if (!takes && !turn.given.code) return atReception(turn, { lead: "no_types" });
  const of = (name) => ofWritten(turn, own, name);
  if ((takes && !turn.given.type) || !turn.given.host_name) {
    turn.given = { ...turn.given, ...(await whom(turn, of("whom"))) };
  }
  if (turn.given.firm === undefined) {
    turn.given = { ...turn.given, ...(await details(turn, { given: turn.given }, of("details"))) };
  }
  const documents = [];
  for (const [at, one] of documentsOf(turn).entries()) {
    documents.push(await reading(turn, one, turn.given.name, async (signed) => signed, of(`documents-${at + 1}`)));
  }
  const { type = "", name, email = "", firm = "", host_name, code: typed = "" } = turn.given;
  const went = await kiosk.seal({ language: turn.language, code: typed, type, name, email, firm, host_name, documents });
  return sealed(turn, went);
}

function documentsOf({ state, given, language }) {
  const type = state.types.find((one) => one.id === given.type);
  return (type?.documents ?? []).map(({ signed, texts }) => {
    const spoken = texts[language] ? language : (texts.en && "en") || Object.keys(texts)[0];
    return { ...texts[spoken], signed, language: spoken };
  });
}

export async function leave(turn) {
  const answer = await leaving(turn);
  return left(turn, answer);
}

export async function deliver(turn) {
  if (turn.offline) return atReception(turn, { lead: "left_offline" });
  const host = await delivery(turn);
  return host ? called(turn, host) : atReception(turn, { lead: "delivery_done_lead" });
}

export const FLOWS = { expected, walk_in: walkIn, delivery: deliver, leaving: leave };
