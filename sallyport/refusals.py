"""The codes by which a company's server refuses a reader: what else answers with a 4xx is not the server.

A network that asks for a sign-in first answers everything itself, with pages of its own and any status. That
a refusal has one of these codes tells the company's server from whatever was put in its way. Without the
company's signature over it (`answers.told_bytes`) it can only ever keep a door shut, and for this once.

Left out is what the server answers to no request of a reader as the reader sent it: `method_not_allowed` and
`foreign_origin`, and the framework's own, such as `parse_error` (a signature is looked at before a body is
read). Who hears one of them speaks through something that changes requests: that is as good as no network.
"""

from typing import Final

READER_REFUSALS: Final = frozenset(
    {
        "ack_wrong",
        "bad_challenges",
        "bad_code",
        "bad_counter",
        "bad_face",
        "bad_pin",
        "bad_time",
        "clock_skew",
        "code_expired",
        "code_used",
        "code_wrong",
        "company_suspended",
        "contact_overtaken",
        "counter_leaps",
        "cut_off",
        "door_event_differs",
        "event_id_reused",
        "host_unknown",
        "identity_forked",
        "journal_gap",
        "key_ended",
        "key_malformed",
        "key_stays",
        "key_taken",
        "key_unknown",
        "keys_unknown",
        "liveness_failed",
        "malformed",
        "name_malformed",
        "name_taken",
        "no_frame",
        "not_an_object",
        "not_json",
        "outcome_differs",
        "proof_wrong",
        "rate_limited",
        "reader_retired",
        "reader_suspended",
        "reader_unknown",
        "reader_wiped",
        "signature_algorithm",
        "signature_digest",
        "signature_malformed",
        "signature_missing",
        "signature_wrong",
        "too_large",
        "too_many_attempts",
        "wipe_not_asked",
        "witness_wrong",
        "wrong_host",
    }
)
