// Stable numbers of reasons, as they stand in signed answers, written in the order of precedence. Held to
// sallyport/reasons.py by a test.
export const NUMBERS = {
  reader_unknown: 1,
  reader_suspended: 2,
  clock_skew: 3,
  rate_limited: 4,
  malformed: 5,
  unknown_key: 6,
  wrong_company: 7,
  bad_seal: 8,
  bad_signature: 9,
  not_yet_valid: 10,
  expired: 11,
  replayed: 12,
  unknown_credential: 13,
  credential_revoked: 14,
  device_revoked: 15,
  credential_suspended: 16,
  holder_inactive: 17,
  visit_not_active: 18,
  lockdown: 19,
  not_allowed_here: 20,
  outside_schedule: 21,
  wrong_door: 22,
  passback: 23,
  area_full: 24,
  second_person_required: 25,
  offline_refused: 26,
  list_too_old: 27,
  consent_missing: 28,
  assurance_too_low: 29,
  second_factor_required: 30,
  second_factor_wrong: 31,
  face_required: 32,
  face_busy: 33,
  liveness_failed: 34,
  face_mismatch: 35,
  server_unavailable: 36,
  granted: 37,
};

// In the order of precedence: what stands first is told first.
const ORDER = Object.keys(NUMBERS);

/** Whether `reason` is told before `other`. */
export const before = (reason, other) => ORDER.indexOf(reason) < ORDER.indexOf(other);
