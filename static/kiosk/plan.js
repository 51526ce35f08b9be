// How far somebody is: questions, not screens that only tell. Pure.

// Several steps of the server may be one question: whoever goes by phone needs no pass.
const QUESTION = { details: "details", documents: "documents", consent: "notices", photo: "notices", face: "face", way: "way", phone: "way_in" };

/** The questions of this visit in order; `own`: those that the page asks before the server knows of anybody. */
export function questions(own, steps, documents) {
  const found = [...own];
  for (const name of steps.map((step) => QUESTION[step]).filter(Boolean)) {
    if (name === "documents") {
      for (let at = 1; at <= Math.max(1, documents); at += 1) if (!found.includes(`documents-${at}`)) found.push(`documents-${at}`);
    } else if (!found.includes(name)) found.push(name);
  }
  return found;
}

/** {at, of} of the question `name`; of a name that is none, where one stands before it: nothing is said. */
export function progress(all, name) {
  const at = all.indexOf(name) + 1;
  return at > 0 ? { at, of: all.length } : { at: 0, of: 0 };
}
