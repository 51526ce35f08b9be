"""A camera made of a file: Chromium plays it in a loop, and it may be overwritten while it plays."""

from pathlib import Path

import cv2
import numpy as np
import qrcode
from numpy.typing import NDArray

WIDTH, HEIGHT, FRAMES = 640, 480, 4


class FakeCamera:
    """Shows a grey wall until it is told to show a code."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.show_nothing()

    def show_nothing(self) -> None:
        self._write(np.full((HEIGHT, WIDTH, 3), 128, np.uint8))

    def show(self, digits: str) -> None:
        """The code as a phone would hold it there: a picture in front of the wall, slightly out of focus."""
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
        code.add_data(digits)
        code.make(fit=True)
        modules = np.where(np.array(code.get_matrix()), 0, 255).astype(np.uint8)
        picture = cv2.cvtColor(np.kron(modules, np.ones((8, 8), np.uint8)), cv2.COLOR_GRAY2BGR)
        side = 420
        small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        frame = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
        top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
        frame[top : top + side, left : left + side] = cv2.GaussianBlur(small, (3, 3), 0)
        self._write(frame)

    def show_picture(self, png: bytes) -> None:
        """A photograph of a screen."""
        picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        scale = min(WIDTH / picture.shape[1], HEIGHT / picture.shape[0])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        frame = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
        top, left = (HEIGHT - small.shape[0]) // 2, (WIDTH - small.shape[1]) // 2
        frame[top : top + small.shape[0], left : left + small.shape[1]] = small
        self._write(frame)

    def _write(self, frame: NDArray[np.uint8]) -> None:
        planes = cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes()
        head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode()
        whole = head + (b"FRAME\n" + planes) * FRAMES
        # In place and of the same size: the browser holds the file open and reads on.
        with self.path.open("r+b" if self.path.exists() else "wb") as file:
            file.write(whole)
