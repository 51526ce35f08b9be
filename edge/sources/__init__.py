"""Cameras, scanners and folders that see codes. Each module stands behind `edge.source.CodeSource`."""

import os

# Before OpenCV is loaded: a picture file that unfolds to more than a large camera's is refused, not unfolded.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(64 * 1024 * 1024))
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")  # a camera that is away is our own line in the log
