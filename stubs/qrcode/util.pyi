MODE_NUMBER: int

class QRData:
    def __init__(self, data: bytes | str, mode: int | None = ..., check_data: bool = ...) -> None: ...
