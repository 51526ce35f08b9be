from typing import Any

from qrcode.util import QRData

class QRCode:
    version: int
    modules_count: int
    def __init__(
        self,
        version: int | None = None,
        error_correction: int = 0,
        box_size: int = 10,
        border: int = 4,
        image_factory: Any = None,
        mask_pattern: int | None = None,
    ) -> None: ...
    def add_data(self, data: str | bytes | QRData, optimize: int = 20) -> None: ...
    def make(self, fit: bool = True) -> None: ...
    def make_image(self, image_factory: Any = ..., **kwargs: Any) -> Any: ...
    def get_matrix(self) -> list[list[bool]]: ...
