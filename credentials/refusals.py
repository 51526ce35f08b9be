"""How this room says no: a stable code, a text for people, whether trying again can help."""


class Refused(Exception):  # noqa: N818  (named for what happened)
    """A deed or request that was not carried out. `code` never changes once released."""

    def __init__(
        self, code: str, text: str, *, status: int = 409, retry: bool = False, wait: int = 0
    ) -> None:
        super().__init__(code)
        self.code, self.text, self.status, self.retry, self.wait = code, text, status, retry, wait

    def as_dict(self) -> dict[str, str | bool | int]:
        told: dict[str, str | bool | int] = {"code": self.code, "text": self.text, "retry": self.retry}
        if self.wait:
            told["wait"] = self.wait
        return told
