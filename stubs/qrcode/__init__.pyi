from qrcode import constants as constants

class QRCode:
    version: int
    def __init__(
        self,
        version: int | None = None,
        error_correction: int = 0,
        box_size: int = 10,
        border: int = 4,
    ) -> None: ...
    def add_data(self, data: str | bytes, optimize: int = 20) -> None: ...
    def make(self, fit: bool = True) -> None: ...
    def get_matrix(self) -> list[list[bool]]: ...
