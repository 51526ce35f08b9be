"""Refusals of this room: a stable code, a text for people, whether to retry."""


class OperatorRefused(Exception):  # noqa: N818 - a refusal is an answer
    """Why a deed on operators was not done."""

    def __init__(self, code: str, text: str, *, field: str = "", retry: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.field = field
        self.retry = retry
