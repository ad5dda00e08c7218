"""Writes one block of IDEFICS-9B and of OpenFlamingo-9B at their widths with random weights, and what their references compute.

    pip install torch==2.10.0 transformers==5.23.0 einops einops-exts && pip install --no-deps open_flamingo==2.0.1
    python tools/golden/real_size_flamingo.py FOLDER [--tiny]
    mvn -q -pl core,bench -am -DskipTests package
    java -cp bench/target/zeuxis-bench-*.jar org.zeuxis.bench.RealSizeFlamingo FOLDER

FOLDER gets idefics/, as transformers saves it: the whole resampler, one gated layer, and one block each of the vision encoder and
the language model, over a small vocabulary; idefics.safetensors with in.ids, in.pixels -> out.visual, out.logits, out.greedy; and
open-flamingo.safetensors with the weights of the resampler and of one gated layer over a CLIP ViT-L/14 and an MPT-7B, in.features ->
out.latents, in.x, in.media, in.shown -> out.x. All in float32. Some 3 GB of disk and 6 of memory. --tiny is a trial of the same."""
import argparse
import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer
from transformers import IdeficsConfig, IdeficsForVisionText2Text, IdeficsImageProcessor

from golden_file import GOLDEN

SEED = 20230622
TOKENIZER = GOLDEN / "language-tokenizers/characters"
AROUND, MARK = "<fake_token_around_image>", "<image>"
PICTURE = AROUND + MARK + AROUND
TEXT = f"User:{PICTURE}a red apple\nUser:{PICTURE}and what is it that I see here"
WRITTEN = 8


@torch.no_grad()
def filled(model):
    """Random weights that keep the scale of what they read, one draw repeated; norms near 1, gates open."""
    draw = torch.randn((1 << 20) + 7, generator=torch.Generator().manual_seed(SEED))
    for at, (name, p) in enumerate(model.named_parameters()):
        values = draw.roll(7919 * at).repeat(p.numel() // draw.numel() + 1)[:p.numel()].view(p.shape)
        norm = "norm" in name or name.endswith((".ln.weight", "ff.0.weight", "1.0.weight"))
        if "alpha" in name or "gate" in name.rpartition(".")[2]:
            values = 0.5 + 0.3 * values
        elif norm:
            values = values * 0.1 + (1 if name.endswith("weight") else 0)
        elif name.endswith(("latents", "class_embedding")) or "embed" in name:
            values = values * 0.7
        else:
            values = values / p[0].numel() ** 0.5 if p.ndim >= 2 else 0.1 * values
        p.copy_(values)
    return model.eval()


def look(ids, mark, pictures):
    """Which picture each token sees: the last one before it."""
    return torch.nn.functional.one_hot((ids == mark).cumsum(-1), pictures + 1)[..., 1:]


def idefics(into, tiny):
    folder = into / "idefics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = Tokenizer.from_file(str(TOKENIZER / "tokenizer.json"))
    words = tokenizer.get_vocab_size()
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in (AROUND, MARK)])
    tokenizer.save(str(folder / "tokenizer.json"))
    shutil.copy(TOKENIZER / "tokenizer_config.json", folder)
    mark, side = tokenizer.token_to_id(MARK), 28 if tiny else 224
    config = IdeficsConfig(
        vocab_size=words, additional_vocab_size=2, hidden_size=64 if tiny else 4096, intermediate_size=172 if tiny else 11008,
        num_attention_heads=4 if tiny else 32, num_hidden_layers=1, cross_layer_interval=1, max_position_embeddings=2048,
        rms_norm_eps=1e-6, alpha_type="vector", qk_layer_norms=True, use_resampler=True,
        vision_config=dict(embed_dim=32 if tiny else 1280, image_size=side, patch_size=14, num_hidden_layers=1,
                           num_attention_heads=2 if tiny else 16, intermediate_size=64 if tiny else 5120),
        perceiver_config=dict(resampler_n_latents=64, resampler_depth=6, resampler_n_heads=2 if tiny else 16,
                              resampler_head_dim=96, qk_layer_norms_perceiver=True))
    model = filled(IdeficsForVisionText2Text(config))
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "preprocessor_config.json").write_text(json.dumps(IdeficsImageProcessor(image_size=side).to_dict()))
    generator = torch.Generator().manual_seed(SEED + 1)
    # broad patches of colour: pictures of noise alone all look the same to a random network
    patches = 1.5 * torch.randn(2, 3, 4, 4, generator=generator)
    pixels = torch.nn.functional.interpolate(patches, size=(side, side), mode="bilinear")[None]
    ids = torch.tensor([tokenizer.encode(TEXT).ids])

    def logits(read):
        return model(input_ids=read, pixel_values=pixels, image_attention_mask=look(read, mark, 2),
                     attention_mask=torch.ones_like(read), use_cache=False).logits

    written = ids
    for _ in range(WRITTEN):
        written = torch.cat((written, logits(written)[:, -1].argmax(-1)[:, None]), 1)
    computed = logits(ids)
    other = pixels.clone()
    pixels[:, 1] += 1
    print("idefics: another picture moves logits by", (logits(ids) - computed).abs().max().item())
    pixels = other
    visual = model.model.perceiver_resampler(model.model.vision_model(pixels[0]).last_hidden_state)
    return {"in.ids": ids, "in.pixels": pixels[0][:, None], "out.visual": visual, "out.logits": computed,
            "out.greedy": written[0, ids.shape[1]:]}


def open_flamingo(tiny):
    from flamingo import helpers
    parts = helpers()
    eyes, width = (32, 64) if tiny else (1024, 4096)
    resampler = filled(parts.PerceiverResampler(dim=eyes))
    gated = filled(parts.GatedCrossAttentionBlock(dim=width, dim_visual=eyes))
    generator = torch.Generator().manual_seed(SEED + 2)
    features = torch.randn(2, 1, 1, 256, eyes, generator=generator)
    x = torch.randn(2, 32, width, generator=generator)
    media = torch.randn(2, 3, 64, eyes, generator=generator)
    places = torch.zeros(2, 32, dtype=torch.bool)
    places[0, [2, 9, 21]] = True  # two words before any picture
    places[1, [0, 16]] = True
    held = {f"resampler.{key}": p for key, p in resampler.state_dict().items()}
    held |= {f"gated.{key}": p for key, p in gated.state_dict().items()}
    return held | {
        "in.features": features[:, 0], "out.latents": resampler(features)[:, 0], "in.x": x, "in.media": media,
        "in.shown": places.cumsum(-1), "out.x": gated(x, media, media_locations=places)}


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tiny", action="store_true")
    a = parser.parse_args()
    for name, held in (("idefics", idefics(a.folder, a.tiny)), ("open-flamingo", open_flamingo(a.tiny))):
        for key, x in held.items():
            if key.startswith("out.") and not torch.isfinite(x).all():
                raise ValueError(f"{name} {key}: {x}")
        save_file({key: x.contiguous() for key, x in held.items()}, a.folder / f"{name}.safetensors",
                  metadata={"torch": torch.__version__, "seed": str(SEED)})


if __name__ == "__main__":
    main()
