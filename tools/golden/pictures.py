"""Makes core/src/test/resources/golden/pictures.json: small picture files of every kind and what Pillow reads in them.

    pip install pillow==13.0.0 numpy==2.4.6
    python tools/golden/pictures.py

An entry is [name, file as base64, width, height, channels, CRC-32 of the samples], for lossy WebP with the samples as
base64 too. Colour profiles are not applied, the orientation is, of 16 bits the upper 8 count, of frames the first.
"""

import base64
import io
import json
import os
import zlib

import numpy as np
import PIL
from PIL import Image, ImageCms, ImageOps

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "core", "src", "test", "resources", "golden")


def picture(width, height, seed):
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (5, 6, 3), dtype="uint8"))
    grain = rng.integers(-9, 10, (height, width, 3))
    smooth = np.asarray(small.resize((width, height), Image.BICUBIC)).astype(int)
    return Image.fromarray((smooth + grain).clip(0, 255).astype("uint8"))


def samples(data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I;16"):
        return np.stack([(np.asarray(image) >> 8).astype("uint8")] * 3, -1)
    alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return np.asarray(image.convert("RGBA" if alpha else "RGB"))


def png16(rgb):
    """16-bit RGB and RGBA, which Pillow does not write, chunk by chunk; interlaced where asked."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    wide = np.asarray(rgb).astype(">u2") * 256 + 77
    height, width, _ = wide.shape
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([16, 2, 0, 0, 0]))
    rows = b"".join(b"\0" + wide[y].astype(">u2").tobytes() for y in range(height))
    return data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def interlaced(rgb):
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    pixels = np.asarray(rgb)
    height, width, _ = pixels.shape
    rows = b""
    for x, y, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = pixels[y::dy, x::dx]
        if part.shape[1]:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 1])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    entries = []

    def add(name, data, lossy=False):
        array = np.ascontiguousarray(samples(data))
        height, width, channels = array.shape
        raw = array.tobytes()
        entry = [name, base64.b64encode(data).decode(), width, height, channels, zlib.crc32(raw)]
        entries.append(entry + [base64.b64encode(raw).decode()] if lossy else entry)

    def save(name, image, lossy=False, **options):
        buffer = io.BytesIO()
        image.save(buffer, {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[name.rsplit(".")[-1]], **options)
        add(name, buffer.getvalue(), lossy)

    rgb = picture(37, 23, 1)
    grey = rgb.convert("L")
    alpha = picture(37, 23, 2).convert("L")
    rgba = Image.merge("RGBA", (*rgb.split(), alpha))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for name, image in {"rgb": rgb, "grey": grey, "rgba": rgba, "grey-alpha": Image.merge("LA", (grey, alpha)), "one-bit": rgb.convert("1"),
                        "palette-8": rgb.quantize(99), "palette-4": rgb.quantize(14), "palette-2": rgb.quantize(4), "palette-1": rgb.quantize(2)}.items():
        save(f"{name}.png", image)
    save("palette-see-through.png", rgb.quantize(40), transparency=bytes(range(0, 200, 5)))
    save("grey-see-through.png", grey, transparency=grey.getpixel((5, 5)))
    save("rgb-see-through.png", rgb, transparency=rgb.getpixel((5, 5)))
    save("profile.png", rgb, icc_profile=profile)
    save("grey-16.png", Image.fromarray(np.asarray(grey).astype("uint16") * 256 + 5))
    add("rgb-16.png", png16(rgb))
    add("interlaced.png", interlaced(rgb))
    add("interlaced-narrow.png", interlaced(picture(2, 3, 5)))
    save("animated.png", rgb, save_all=True, append_images=[picture(37, 23, 3)])
    for number in range(1, 9):
        exif = Image.Exif()
        exif[0x112] = number
        for kind, options in {"jpg": {}, "png": {}, "webp": {"lossless": True}}.items():
            save(f"orientation-{number}.{kind}", picture(11, 7, 6), exif=exif, **options)
    for sampling in ("4:4:4", "4:2:2", "4:2:0"):
        save(f"sampled-{sampling.replace(':', '')}.jpg", rgb, subsampling=sampling, quality=80)
    save("progressive.jpg", rgb, progressive=True)
    save("grey.jpg", grey)
    save("cmyk.jpg", rgb.convert("CMYK"))
    save("profile.jpg", rgb, icc_profile=profile)
    save("broken-profile.jpg", rgb, icc_profile=b"no profile")
    save("restarts.jpg", rgb, restart_marker_blocks=2)
    save("kept-rgb.jpg", rgb, keep_rgb=True)
    save("one-pixel.jpg", picture(1, 1, 7))
    save("lossless.webp", rgb, lossless=True)
    save("lossless-alpha.webp", rgba, lossless=True)
    save("animated.webp", rgb, save_all=True, append_images=[picture(37, 23, 3)], lossless=True)
    smooth = rgb.resize((96, 64), Image.BICUBIC)
    save("lossy.webp", smooth, lossy=True, quality=80)
    smooth.putalpha(alpha.resize((96, 64), Image.BICUBIC))
    save("lossy-alpha.webp", smooth, lossy=True, quality=80, exact=True)
    golden = {"versions": {"pillow": PIL.__version__, "numpy": np.__version__}, "pictures": entries}
    with open(os.path.join(OUT, "pictures.json"), "w", encoding="utf-8") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
    print(len(entries), "pictures")


if __name__ == "__main__":
    main()
