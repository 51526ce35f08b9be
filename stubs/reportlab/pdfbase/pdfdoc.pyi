from collections.abc import Mapping, Sequence
from typing import Any

class PDFDictionary:
    def __init__(self, dict: Mapping[str, Any] | None = ...) -> None: ...

class PDFArray:
    def __init__(self, sequence: Sequence[Any]) -> None: ...

class PDFString:
    def __init__(self, s: str) -> None: ...

class PDFStream:
    def __init__(
        self,
        dictionary: PDFDictionary | None = ...,
        content: bytes | str | None = ...,
        filters: Sequence[Any] | None = ...,
    ) -> None: ...

class PDFCatalog:
    Names: Any

class PDFDocument:
    Catalog: PDFCatalog
    def Reference(self, object: Any, name: str | None = ...) -> Any: ...

def PDFName(data: str) -> str: ...
