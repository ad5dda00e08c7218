"""Writes moving.gif, an animation whose frames lie at offsets, let through what is under them and are disposed of in every way, and
moving.png, its frames beside one another as Pillow composes them (which takes disposal 0 for that of the frame before)."""
import pathlib
import struct

import PIL
from PIL import Image, ImageSequence, PngImagePlugin

GOLDEN = pathlib.Path(__file__).parents[2] / "core/src/test/resources/golden"
COLOURS = bytes([0, 0, 0, 220, 30, 20, 10, 200, 40, 20, 50, 210])
OTHERS = bytes([0, 0, 0, 250, 240, 20, 10, 10, 10, 240, 240, 240])


def packed(pixels):
    """LZW that never learns: cleared before every other pixel, so that all codes have three bits."""
    codes = []
    for i, pixel in enumerate(pixels):
        if i % 2 == 0:
            codes.append(4)
        codes.append(pixel)
    codes.append(5)
    bits = sum(code << 3 * i for i, code in enumerate(codes))
    data = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
    blocks = [data[i : i + 255] for i in range(0, len(data), 255)]
    return b"\x02" + b"".join(bytes([len(b)]) + b for b in blocks) + b"\x00"


def frame(left, top, width, height, disposal, pixels, table=b""):
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, disposal << 2 | 1, 10, 0, 0)
    flags = 0x81 if table else 0
    return control + struct.pack("<BHHHHB", 0x2C, left, top, width, height, flags) + table + packed(pixels)


gif = b"GIF89a" + struct.pack("<HHBBB", 6, 4, 0x81, 0, 0) + COLOURS
gif += b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
gif += frame(0, 0, 6, 4, 0, [1] * 24)
gif += frame(1, 1, 3, 2, 2, [0, 2, 2, 2, 2, 2])
gif += frame(3, 0, 2, 3, 3, [3, 3, 3, 0, 3, 3])
gif += frame(0, 3, 6, 1, 1, [1, 2, 3, 0, 2, 1], OTHERS)
gif += frame(5, 3, 1, 1, 1, [3])
gif += b"\x3b"
(GOLDEN / "moving.gif").write_bytes(gif)

frames = [f.convert("RGBA").copy() for f in ImageSequence.Iterator(Image.open(GOLDEN / "moving.gif"))]
strip = Image.new("RGBA", (6 * len(frames), 4))
for i, one in enumerate(frames):
    strip.paste(one, (6 * i, 0))
note = PngImagePlugin.PngInfo()
note.add_text("Software", "Pillow " + PIL.__version__)
strip.save(GOLDEN / "moving.png", pnginfo=note)
