"""A whole CLIP folder, and what its pictures become under each way a folder may say how they are prepared.

`clip-preprocessing/` holds a tiny CLIP, six pictures and `cases.json`: for each case the file as the library writes it
and the L2-normalised image embeddings, by transformers (with its Pillow and its torchvision backend, as far as each can)
or by open_clip, whose model is that of `open-clip.safetensors`.
"""
import json
import pathlib
import shutil
import tempfile

import numpy
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from safetensors.torch import load_file
from transformers import CLIPConfig, CLIPImageProcessor, CLIPImageProcessorPil, CLIPModel

from golden_file import GOLDEN, directory, randomize, safetensors_bytes

SEED = 20210105
SIZES = {"wide.png": (97, 61), "tall.png": (47, 71), "odd.png": (67, 61), "square.png": (32, 32), "small.png": (25, 29),
         "clear.png": (41, 58)}
SQUARE = {"height": 32, "width": 32}
HALF = [0.5, 0.5, 0.5]

# as CLIPImageProcessor takes them, beside size and crop_size of 32
TRANSFORMERS = {
    "published": {},
    "mean-and-filter": dict(image_mean=HALF, image_std=[0.25, 0.5, 0.3], resample=2),
    "nearest": dict(resample=0),
    "box": dict(resample=4),
    "lanczos": dict(resample=1),
    "no-normalize": dict(do_normalize=False),
    "no-rescale": dict(do_rescale=False, image_mean=[120.0, 110.0, 100.0], image_std=[60.0, 70.0, 80.0]),
    "other-rescale": dict(rescale_factor=1 / 127.5, image_mean=[1.0] * 3, image_std=[1.0] * 3),
    "neither": dict(do_rescale=False, do_normalize=False),
    "larger": dict(size={"shortest_edge": 40}),
    "smaller": dict(size={"shortest_edge": 22}),
    "square": dict(size=SQUARE),
    "square-uncropped": dict(size=SQUARE, do_center_crop=False),
    "oblong-cropped": dict(size={"height": 40, "width": 35}),
    "no-resize": dict(do_resize=False),
    "uncropped-square-picture": dict(do_center_crop=False),
    "number": dict(size=36),
    "number-of-a-square": dict(size=36, default_to_square=True),
    "mean-filter-and-square": dict(size={"height": 37, "width": 51}, resample=2, image_mean=HALF, image_std=HALF),
}
# as preprocess_cfg has them; that model sees 16 pixels
OPEN_CLIP = {
    "published": {},
    "bilinear": dict(interpolation="bilinear", mean=HALF, std=[0.25, 0.5, 0.3]),
    "random": dict(interpolation="random"),
    "longest": dict(resize_mode="longest", fill_color=0),
    "longest-grey": dict(resize_mode="longest", fill_color=127, interpolation="bilinear"),
    "squash": dict(resize_mode="squash", mean=HALF, std=HALF),
}


def picture(width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    waves = [127 + 120 * numpy.sin(x / 9 + y / 17), 127 + 120 * numpy.cos(x / 23 - y / 5), 127 + 100 * numpy.sin(y / 11)]
    return Image.fromarray(numpy.stack(waves, -1).astype("uint8"))


def clear(image):
    """The same with a transparent corner."""
    y, x = numpy.mgrid[0:image.height, 0:image.width]
    image.putalpha(Image.fromarray((x * 255 // image.width * y // image.height).astype("uint8")))
    return image


def files_of(processor, old):
    """What save_pretrained writes, or, as transformers 4 did, the file of the image processor alone."""
    with tempfile.TemporaryDirectory() as folder:
        processor.save_pretrained(folder)
        [written] = pathlib.Path(folder).glob("*.json")
        content = json.loads(written.read_text())
    if old:
        return {"preprocessor_config.json": content.get("image_processor", content)}
    return {"processor_config.json": {"image_processor": content, "processor_class": "CLIPProcessor"}}


def embedded(features):
    if not torch.is_tensor(features):
        features = features.pooler_output
    return [round(v, 7) for v in torch.nn.functional.normalize(features, dim=-1)[0].tolist()]


def main():
    out = directory(__doc__)
    folder = out / "clip-preprocessing"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pictures = {name: picture(*size) for name, size in SIZES.items()}
    clear(pictures["clear.png"])
    for name, image in pictures.items():
        image.save(folder / name)

    part = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, projection_dim=12)
    model = CLIPModel(CLIPConfig(
        text_config=dict(part, vocab_size=552, bos_token_id=550, eos_token_id=551, pad_token_id=551, num_hidden_layers=1),
        vision_config=dict(part, image_size=32, patch_size=8), projection_dim=12))
    randomize(model, SEED)
    model.config.save_pretrained(folder)
    (folder / "model.safetensors").write_bytes(safetensors_bytes(model.state_dict(), {"format": "pt"}))

    cases = []
    with torch.no_grad():
        for number, (name, settings) in enumerate(TRANSFORMERS.items()):
            arguments = dict(size={"shortest_edge": 32}, crop_size=SQUARE) | settings
            pil, vision = CLIPImageProcessorPil(**arguments), CLIPImageProcessor(**arguments)
            seen = {}
            for file, image in pictures.items():
                if name == "uncropped-square-picture" and file != "square.png":
                    continue
                seen[file] = {}
                for backend, processor in (("pil", pil), ("torchvision", vision)):
                    if name in dict(torchvision=("box", "lanczos"), pil=("nearest",))[backend]:
                        continue  # torchvision fails at the one and takes another for the other; Pillow's is not here
                    pixels = processor(image, return_tensors="pt").pixel_values.float()
                    seen[file][backend] = embedded(model.get_image_features(pixels))
            cases.append(dict(name=name, files=files_of(vision, number % 2), embeds=seen))

        weights = {k.removeprefix("weights."): v for k, v in load_file(GOLDEN / "open-clip.safetensors").items()
                   if k.startswith("weights.")}
        clip = CLIP(18, CLIPVisionCfg(layers=2, width=16, head_width=8, patch_size=8, image_size=16, mlp_ratio=3.0),
                    CLIPTextCfg(context_length=12, vocab_size=100, width=24, heads=3, layers=2), quick_gelu=True).eval()
        clip.load_state_dict(weights)
        open_cases = []
        for name, settings in OPEN_CLIP.items():
            transform = image_transform_v2(PreprocessCfg(size=16, **settings), is_train=False)
            seen = {file: embedded(clip.encode_image(transform(image)[None])) for file, image in pictures.items()
                    if image.mode == "RGB"}
            open_cases.append(dict(name=name, preprocess_cfg=settings, embeds=seen))

    import importlib.metadata as m
    versions = ", ".join(f"{p} {m.version(p)}" for p in ("torch", "torchvision", "pillow", "transformers", "open_clip_torch"))
    whole = dict(made_by="tools/golden/clip_preprocessing.py", reference=versions, seed=SEED, transformers=cases,
                 open_clip=open_cases)
    (folder / "cases.json").write_text(json.dumps(whole, indent=1) + "\n")
    for case in cases:
        worst = max([abs(a - b) for v in case["embeds"].values() if len(v) == 2 for a, b in zip(v["pil"], v["torchvision"])] or [0])
        print(f"{case['name']}: the two backends differ by {worst:.1e}")
    print("clip-preprocessing:", sum(p.stat().st_size for p in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
