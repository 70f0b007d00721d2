"""QR codes: drawn as PDF operators, and read from a photograph or a scan."""

from typing import cast

import zxingcpp
from PIL import Image

QR = zxingcpp.BarcodeFormat.QRCode


def operators(text: str, *, left: float, top: float, size: float, colour: str) -> str:
    """The code as filled runs of modules, error correction M; millimetres from the top left corner.

    `colour`: PDF numbers, as "0 0 0".
    """
    image = zxingcpp.create_barcode(text, QR, ec_level="M").to_image(scale=1, add_quiet_zones=False)
    lines = cast(list[list[int]], memoryview(image).tolist())
    module = size / len(lines)
    runs = []
    for row, line in enumerate(lines):
        start = None
        for column, light in enumerate([*line, 255]):
            if not light and start is None:
                start = column
            elif light and start is not None:
                runs.append(f"{start} {row} {column - start} 1 re")
                start = None
    placed = f"{module:.5f} 0 0 {module:.5f} {left} {top} cm"
    return f"q {colour} rg {placed} {' '.join(runs)} f Q"


def read(picture: Image.Image) -> list[str]:
    """The text of every QR code in a picture."""
    codes = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormats(QR))
    return [code.text for code in codes if code.valid]
