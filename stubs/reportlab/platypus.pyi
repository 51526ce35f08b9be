from collections.abc import Callable, Sequence
from typing import IO, Any

from reportlab.lib.styles import ParagraphStyle

class Flowable: ...

class Paragraph(Flowable):
    def __init__(self, text: str, style: ParagraphStyle) -> None: ...
    def getPlainText(self) -> str: ...

class Spacer(Flowable):
    def __init__(self, width: float, height: float) -> None: ...

class KeepTogether(Flowable):
    def __init__(self, flowables: Sequence[Flowable]) -> None: ...

class LongTable(Flowable):
    def __init__(
        self,
        data: Sequence[Sequence[Flowable]],
        colWidths: Sequence[float] = ...,
        repeatRows: int = ...,
        style: Sequence[tuple[Any, ...]] = ...,
    ) -> None: ...

class SimpleDocTemplate:
    def __init__(self, filename: IO[bytes], **kw: Any) -> None: ...
    def build(
        self,
        flowables: list[Flowable],
        onFirstPage: Callable[[Any, Any], None] = ...,
        onLaterPages: Callable[[Any, Any], None] = ...,
    ) -> None: ...
