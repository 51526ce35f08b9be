"""Why something was not taken, as a code that pages put into words."""


class StreamFailed(Exception):  # noqa: N818 - named for what happened
    """Nothing is known to have arrived since the cursor. `code` never changes once released.

    `name_unknown`, `place_forbidden`, `no_connection`, `certificate_refused`, `timed_out`, `broken_off`,
    `not_closed`, `answered_<HTTP status>`, `conflict`, `folder_missing`, `not_written`, `cannot_open`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
