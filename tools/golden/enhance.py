"""Makes core/src/test/resources/golden/enhance.json: what Pillow's ImageEnhance makes of noise.

    pip install pillow==13.0.0
    python tools/golden/enhance.py

The inputs are noise from the generator of resize.py, which the test repeats. A
result is kept as the CRC-32 of its samples, [height, width, channels].
"""

import json
import os
import zlib

import PIL
from PIL import Image, ImageEnhance

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "core", "src", "test", "resources", "golden")
FACTORS = [0, 0.25, 0.6, 0.8123, 1, 1.1, 1.4, 1.999, 3]


def noise(width, height, channels, seed):
    """x' = 1664525 x + 1013904223 mod 2^32; a sample is its top byte."""
    samples = bytearray()
    x = seed
    for _ in range(width * height * channels):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        samples.append(x >> 24)
    return Image.frombytes({3: "RGB", 4: "RGBA"}[channels], (width, height), bytes(samples))


def enhance(image, brightness, contrast, saturation):
    for kind, factor in ((ImageEnhance.Brightness, brightness), (ImageEnhance.Contrast, contrast), (ImageEnhance.Color, saturation)):
        image = kind(image).enhance(factor)
    return image


def main():
    inputs = [[31, 17, 3, 1], [8, 8, 3, 2], [1, 1, 3, 3], [13, 9, 4, 4]]
    settings = [[f if i == k else 1 for i in range(3)] for k in range(3) for f in FACTORS]
    settings += [[0.7, 1.3, 1.2], [1.4, 0.6, 0], [1.2, 1.4, 1.4], [0.3, 2.5, 0.5]]
    cases = [[shape, *s, zlib.crc32(enhance(noise(*shape), *s).tobytes())] for shape in inputs for s in settings]
    with open(os.path.join(OUT, "enhance.json"), "w", encoding="utf-8") as file:
        json.dump({"versions": {"pillow": PIL.__version__}, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
