"""Makes core/src/test/resources/golden/resize.json and resize-photo.png: what Pillow and torchvision make of pictures.

    pip install pillow==13.0.0 torchvision==0.25.0 diffusers==0.42.1 numpy==2.4.6
    python tools/golden/resize.py

The inputs are noise from a generator that the test repeats (so none is stored) and one smooth picture with fine grain.
A result is kept as the CRC-32 of its samples, [height, width, channels].
"""

import json
import os
import random
import zlib

import diffusers
import numpy as np
import PIL
import torch
import torchvision
from diffusers.image_processor import VaeImageProcessor
from PIL import Image
from torchvision.transforms.v2.functional import resize
from torchvision.transforms import CenterCrop, InterpolationMode, Normalize, Resize, ToTensor

SEED = 20261123
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "core", "src", "test", "resources", "golden")
FILTERS = {"BOX": Image.BOX, "BILINEAR": Image.BILINEAR, "BICUBIC": Image.BICUBIC, "LANCZOS": Image.LANCZOS}
TENSOR_FILTERS = {"NEAREST": InterpolationMode.NEAREST_EXACT, "BILINEAR": InterpolationMode.BILINEAR,
                  "BICUBIC": InterpolationMode.BICUBIC}
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))


def noise(width, height, channels, seed):
    """x' = 1664525 x + 1013904223 mod 2^32; a sample is its top byte."""
    samples = bytearray()
    x = seed
    for _ in range(width * height * channels):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        samples.append(x >> 24)
    return Image.frombytes({3: "RGB", 4: "RGBA"}[channels], (width, height), bytes(samples))


def photo(width, height):
    layers = np.zeros((height, width, 3))
    for octave in range(5):
        small = noise(3 << octave, 2 << octave, 3, octave)
        layers += np.asarray(small.resize((width, height), Image.BICUBIC), dtype=float) * 0.55**octave
    layers = (layers - layers.min()) / (layers.max() - layers.min()) * 255
    return Image.fromarray(layers.round().astype("uint8"))


def crc(image):
    return zlib.crc32(image.tobytes())


def main():
    rng = random.Random(SEED)
    os.makedirs(OUT, exist_ok=True)
    picture = photo(203, 151)
    picture.save(os.path.join(OUT, "resize-photo.png"), optimize=True)
    cases = []
    sizes = [(1, 1), (7, 5), (32, 32), (64, 48), (101, 67), (224, 168), (203, 151), (203, 40), (50, 151), (406, 302), (333, 77)]
    inputs = [("photo", picture)]
    for i, (w, h, c) in enumerate([(64, 48, 3), (37, 91, 3), (1, 1, 3), (2, 3, 3), (300, 5, 3), (5, 300, 3), (48, 40, 4), (97, 31, 4)]):
        inputs.append(([w, h, c, 1000 + i], noise(w, h, c, 1000 + i)))
    for name, image in inputs:
        for filter_ in FILTERS:
            for w, h in sizes if name == "photo" else rng.sample(sizes, 5) + [(rng.randint(1, 130), rng.randint(1, 130))]:
                cases.append([name, w, h, filter_, crc(image.resize((w, h), FILTERS[filter_]))])
    tensors = []
    for (w, h, c, seed) in [key for key, _ in inputs[1:] if key[2] == 3]:
        for filter_, mode in TENSOR_FILTERS.items():
            for width, height in rng.sample(sizes[1:], 5) + [(rng.randint(2, 130), rng.randint(2, 130))]:
                x = torch.from_numpy(np.array(noise(w, h, c, seed))).permute(2, 0, 1).contiguous()
                x = resize(x, [height, width], interpolation=mode, antialias=True)
                tensors.append([[w, h, c, seed], width, height, filter_, zlib.crc32(x.permute(1, 2, 0).contiguous().numpy().tobytes())])
    clip = []
    for i, (w, h) in enumerate([(64, 48), (37, 91), (224, 224), (225, 224), (224, 227), (333, 500), (231, 229)]):
        image = noise(w, h, 3, 2000 + i)
        square = CenterCrop(224)(Resize(224, InterpolationMode.BICUBIC)(image))
        values = Normalize(*CLIP)(ToTensor()(square))
        clip.append([[w, h, 3, 2000 + i], crc(square), [float(v) for v in values[:, 100, 7]]])
    crops = [[[w, h, 3, 3000], side, crc(CenterCrop(side)(noise(w, h, 3, 3000)))]
             for w, h, side in [(9, 7, 4), (10, 9, 4), (11, 8, 5), (5, 4, 8), (3, 12, 7), (12, 3, 7)]]
    values = torch.tensor([2 * (i + 0.5) / 255 - 1 for i in range(-2, 257)] + [-1, 1, 0, 5, -5, 0.1, -0.3])
    decoded = VaeImageProcessor().postprocess(values.reshape(1, 1, 1, -1).expand(1, 3, 1, -1))[0]
    golden = {
        "versions": {"pillow": PIL.__version__, "torchvision": torchvision.__version__, "diffusers": diffusers.__version__},
        "seed": SEED,
        "cases": cases,
        "tensors": tensors,
        "clip": clip,
        "crops": crops,
        "pixels": {"values": values.tolist(), "samples": np.asarray(decoded)[0, :, 0].tolist()},
    }
    with open(os.path.join(OUT, "resize.json"), "w", encoding="utf-8") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
