"""Why a deed on a reader was refused: a stable code, a text for people, whether to try again."""

from enum import StrEnum


class Refusal(StrEnum):
    """Codes are stable once released."""

    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    CODE_USED = "code_used"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    RATE_LIMITED = "rate_limited"
    PROOF_WRONG = "proof_wrong"
    KEY_MALFORMED = "key_malformed"
    KEY_TAKEN = "key_taken"
    NAME_TAKEN = "name_taken"
    NAME_MALFORMED = "name_malformed"
    READER_RETIRED = "reader_retired"
    WITNESS_WRONG = "witness_wrong"
    ACK_WRONG = "ack_wrong"
    OUTCOME_DIFFERS = "outcome_differs"
    KEYS_UNKNOWN = "keys_unknown"
    IDENTITY_FORKED = "identity_forked"
    CONTACT_OVERTAKEN = "contact_overtaken"
    READER_SUSPENDED = "reader_suspended"
    READER_WIPED = "reader_wiped"
    WIPE_NOT_ASKED = "wipe_not_asked"
    DOOR_EVENT_DIFFERS = "door_event_differs"
    KEY_ENDED = "key_ended"
    KEY_STAYS = "key_stays"
    JOURNAL_GAP = "journal_gap"


_TEXTS = {
    Refusal.CODE_WRONG: "This code is not right. Check it and type it again.",
    Refusal.CODE_EXPIRED: "This code is too old. Ask for a new one in the console.",
    Refusal.CODE_USED: "This code was already used. Ask for a new one in the console.",
    Refusal.TOO_MANY_ATTEMPTS: "This code was typed wrongly too often. Ask for a new one in the console.",
    Refusal.RATE_LIMITED: "Too many tries. Wait a minute, then type the code again.",
    Refusal.PROOF_WRONG: "The reader could not prove that it holds its key. Reload the page and try again.",
    Refusal.KEY_MALFORMED: "The reader sent a key that cannot be read. Reload the page and try again.",
    Refusal.KEY_TAKEN: "This reader is paired already. Reset it before you pair it again.",
    Refusal.NAME_TAKEN: "Another reader has this name. Choose another.",
    Refusal.NAME_MALFORMED: "A name has 1 to 80 characters.",
    Refusal.READER_RETIRED: "A retired reader stays retired. Pair the tablet as a new reader.",
    Refusal.WITNESS_WRONG: "The reader's signature under the checkpoint is not right.",
    Refusal.ACK_WRONG: "The reader's signature under its acknowledgement is not right.",
    Refusal.OUTCOME_DIFFERS: "This event has another outcome on record.",
    Refusal.KEYS_UNKNOWN: "These keys are none of this company's.",
    Refusal.IDENTITY_FORKED: "Two readers use this identity. It is switched off until it is paired again.",
    Refusal.CONTACT_OVERTAKEN: "A later contact of this reader was answered already.",
    Refusal.READER_SUSPENDED: "This reader is switched off.",
    Refusal.READER_WIPED: "This reader was told to wipe itself. Pair it again instead.",
    Refusal.WIPE_NOT_ASKED: "Nobody has asked this reader to wipe itself.",
    Refusal.DOOR_EVENT_DIFFERS: "Another event has this number. Go on after the last number known.",
    Refusal.KEY_ENDED: "This key is at its end: the reader has renewed it.",
    Refusal.KEY_STAYS: "A reader page keeps its key. Pair the tablet again to give it another.",
    Refusal.JOURNAL_GAP: "Entries before these have not come yet. Hand in from the last one known.",
}
_RETRY = {Refusal.RATE_LIMITED, Refusal.CODE_WRONG, Refusal.PROOF_WRONG, Refusal.JOURNAL_GAP}


class ReaderRefused(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """A refusal with its stable code."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code

    @property
    def text(self) -> str:
        """What to tell the person at the reader or in the console."""
        return _TEXTS[self.code]

    @property
    def retry(self) -> bool:
        """Whether the same deed may be tried again."""
        return self.code in _RETRY

    def as_json(self) -> dict[str, object]:
        """The body of an error answer."""
        return {"code": self.code.value, "text": self.text, "retry": self.retry}
