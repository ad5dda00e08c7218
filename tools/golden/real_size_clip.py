"""Writes a CLIP of a published size with random weights, and what its reference makes of random pictures and tokens.

    python tools/golden/real_size_clip.py FOLDER --model ViT-B-32        # or ViT-L-14, of transformers; RN50, of open_clip
    mvn -B -pl core test -Dtest=RealSizeClipTest -Dclip.folder=FOLDER -Dparity=INFO

FOLDER gets the model in its published layout, with OpenAI's vocabulary, and expected.safetensors: in.pixels, in.tokens,
out.image_embeds and out.text_embeds (L2-normalised, fp32), and out.bf16_*, the same computed in bfloat16.
"""
import argparse
import gzip
import json
import pathlib

import torch

from golden_file import REPOSITORY, randomize, safetensors_bytes

SEED = 20210229
PICTURES, CONTEXT, START, END = 4, 77, 49406, 49407
SIZES = {
    "ViT-B-32": dict(patch=32, width=768, layers=12, heads=12, text=512, embedding=512),
    "ViT-L-14": dict(patch=14, width=1024, layers=24, heads=16, text=768, embedding=768),
    "RN50": dict(embedding=1024),
}


def write_vocabulary(folder):
    with gzip.open(REPOSITORY / "core/src/main/resources/org/zeuxis/text/clip-merges.txt.gz", "rt", encoding="utf-8") as file:
        merges = [line for line in file.read().split("\n") if line and not line.startswith("#version")]
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(b) for b in shown] + [chr(256 + i) for i in range(256 - len(shown))]
    tokens = letters + [c + "</w>" for c in letters] + [m.replace(" ", "") for m in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), encoding="utf-8")


def of_transformers(folder, size):
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    text = dict(hidden_size=size["text"], intermediate_size=4 * size["text"], num_hidden_layers=12,
                num_attention_heads=size["text"] // 64, eos_token_id=END, bos_token_id=START, pad_token_id=END)
    vision = dict(hidden_size=size["width"], intermediate_size=4 * size["width"], num_hidden_layers=size["layers"],
                  num_attention_heads=size["heads"], patch_size=size["patch"], image_size=224)
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=size["embedding"])
    model = randomize(CLIPModel(config), SEED)
    model.save_pretrained(folder)
    CLIPImageProcessor().save_pretrained(folder)
    return model, lambda pixels, tokens: (
        model.get_image_features(pixels).pooler_output, model.get_text_features(tokens).pooler_output)


def of_open_clip(folder, name):
    import open_clip
    from safetensors.torch import save_file

    config = open_clip.get_model_config(name)
    model = randomize(open_clip.create_model(name, load_weights=False), SEED)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config}))
    save_file(model.state_dict(), folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    return model, lambda pixels, tokens: (model.encode_image(pixels), model.encode_text(tokens))


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--model", choices=SIZES, default="ViT-B-32")
    a = parser.parse_args()
    torch.set_num_threads(1)
    a.folder.mkdir(parents=True, exist_ok=True)
    size = SIZES[a.model]
    write_vocabulary(a.folder)
    model, embed = of_transformers(a.folder, size) if "patch" in size else of_open_clip(a.folder, a.model)

    generator = torch.Generator().manual_seed(SEED + 1)
    # broad patches of colour: pictures of noise alone all look the same to a random network
    patches = 1.5 * torch.randn(PICTURES, 3, 4, 4, generator=generator)
    pixels = torch.nn.functional.interpolate(patches, size=(224, 224), mode="bilinear")
    pixels += 0.3 * torch.randn(pixels.shape, generator=generator)
    tokens = torch.full((PICTURES, CONTEXT), END)
    for row in range(PICTURES):
        length = 8 + 17 * row
        tokens[row, :length] = torch.randint(0, START, (length,), generator=generator)
        tokens[row, 0] = START
    found = {"in.pixels": pixels, "in.tokens": tokens}
    for prefix, dtype in (("", torch.float32), ("bf16_", torch.bfloat16)):
        model.to(dtype)
        for kind, embeds in zip(("image", "text"), embed(pixels.to(dtype), tokens)):
            if embeds.shape[-1] != size["embedding"] or not torch.isfinite(embeds).all():
                raise ValueError(f"{kind}: {tuple(embeds.shape)}")
            found[f"out.{prefix}{kind}_embeds"] = torch.nn.functional.normalize(embeds, dim=-1).float()
    (a.folder / "expected.safetensors").write_bytes(safetensors_bytes(found, {"seed": str(SEED), "model": a.model}))
    for kind in ("image", "text"):
        exact, half = found[f"out.{kind}_embeds"], found[f"out.bf16_{kind}_embeds"]
        print(f"{kind}: cosines with one another {(exact @ exact.T).tolist()[0]}; of bf16 with fp32 at least"
              f" {torch.cosine_similarity(exact, half).min().item():.6f}")


if __name__ == "__main__":
    main()
