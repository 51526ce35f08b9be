from typing import Any

class ParagraphStyle:
    fontName: str
    def __init__(self, name: str, **kw: Any) -> None: ...
