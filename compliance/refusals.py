"""How this room says no: a stable code, a text for people, whether trying again can help."""


class Refused(Exception):  # noqa: N818  (named for what happened)
    """A deed that was not carried out. `code` never changes once released; `status` is HTTP's."""

    def __init__(self, code: str, text: str, *, status: int = 409, retry: bool = False) -> None:
        super().__init__(code)
        self.code, self.text, self.status, self.retry = code, text, status, retry

    def as_dict(self) -> dict[str, str | bool]:
        return {"code": self.code, "text": self.text, "retry": self.retry}
