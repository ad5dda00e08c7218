"""Flamingo's resampler and gated cross-attention, tiny and random, as OpenFlamingo has them."""
import importlib.util
import pathlib

import torch

from golden_file import GoldenFile, directory, randomize

SEED = 20220429


def helpers():
    """the file by itself, since the package wants old versions of others"""
    package = pathlib.Path(importlib.util.find_spec("open_flamingo").submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location("helpers", package / "src/helpers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def resampler(out, parts, name, frames, seed):
    config = dict(width=12, layers=2, heads=2, head_width=5, latents=3, frames=frames or 0)
    model = randomize(parts.PerceiverResampler(
        dim=12, depth=2, dim_head=5, heads=2, num_latents=3, max_num_frames=frames), seed)
    with torch.no_grad():
        model.latents.normal_(generator=torch.Generator().manual_seed(seed + 5))
    features = torch.randn(2, 1, frames or 1, 7, 12, generator=torch.Generator().manual_seed(seed + 10))
    golden = GoldenFile(f"flamingo-resampler-{name}.safetensors", seed, config, packages=("torch", "open_flamingo"),
                        keys="in.features [batch, frames, patches, width] -> out.latents")
    golden.weights(model)
    golden.put("in.features", features[:, 0])
    golden.put("out.latents", model(features)[:, 0])
    golden.write(out)


def gated(out, parts, seed):
    model = randomize(parts.GatedCrossAttentionBlock(dim=10, dim_visual=12, dim_head=5, heads=2), seed)
    with torch.no_grad():
        model.attn_gate.fill_(0.7)
        model.ff_gate.fill_(-0.4)
    generator = torch.Generator().manual_seed(seed + 10)
    x = torch.randn(2, 9, 10, generator=generator)
    media = torch.randn(2, 3, 4, 12, generator=generator)
    places = torch.zeros(2, 9, dtype=torch.bool)
    places[0, [2, 3, 7]] = True  # two words before any picture
    places[1, [0, 4]] = True
    golden = GoldenFile("flamingo-gated.safetensors", seed, dict(width=10, media_width=12, heads=2, head_width=5),
                        packages=("torch", "open_flamingo"),
                        keys="in.x, in.media, in.shown (how many media were shown up to each token) -> out.x")
    golden.weights(model)
    golden.put("in.x", x)
    golden.put("in.media", media)
    golden.put("in.shown", places.cumsum(-1))
    golden.put("out.x", model(x, media, media_locations=places))
    golden.write(out)


def main(out):
    parts = helpers()
    resampler(out, parts, "picture", None, SEED)
    resampler(out, parts, "video", 4, SEED + 1)
    gated(out, parts, SEED + 2)


if __name__ == "__main__":
    with torch.no_grad():
        main(directory(__doc__))
