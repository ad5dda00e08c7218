"""Two tiny Stable Diffusion folders as the world publishes them, and what StableDiffusionPipeline makes of them.

The text encoder and the autoencoder are random. The U-Net is random too, then fitted for a moment to a toy (the mean
of the latent depends on the prompt), for a sampler needs a network that removes noise: a random one lets the latents
grow until single precision no longer tells right from wrong.
"""
import json
import math
import pathlib
import shutil

import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, PNDMScheduler, StableDiffusionPipeline, \
    UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from golden_file import GoldenFile, directory, randomize, safetensors_bytes
from open_in_diffusers import generate, with_scheduler

SEED = 20220825
BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000)
REQUEST = dict(prompt="a red bird on a small tree", negative="a blue cube", seed=7, steps=5, guidance=7.5,
               height=24, columns=32)
PROMPTS = ["", "a red bird on a small tree", "a blue cube", "a photo of a cat", "grapes in a bowl", "two small birds"]

VARIANTS = {
    "stable-diffusion": dict(
        scheduler=PNDMScheduler(**BETAS, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1),
        schedulers=("PNDM", "DDIM", "EulerDiscrete"), act="quick_gelu", eos=2, pad="<|endoftext|>",
        unet=dict(cross_attention_dim=16, attention_head_dim=2, use_linear_projection=False)),
    "stable-diffusion-2": dict(
        scheduler=DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False, steps_offset=1,
                                prediction_type="v_prediction"),
        schedulers=("DDIM", "EulerDiscrete", "DPMSolverMultistep"), act="gelu", eos=None, pad="!",
        unet=dict(cross_attention_dim=16, attention_head_dim=[2, 3], use_linear_projection=True)),
}

TEXTS = ["", "a red bird on a small tree", "A Photo of a CAT", "  two   small\tbirds\n", "don't they're I'd we'll",
         "price: 3,50 € (2021)!!", "naïve café, Crème brûlée", "葡萄 grapes", "emoji 🍇 here", "a_b-c/d.e", "ΑΒΓ σς",
         "<|startoftext|> inside <|endoftext|> text", "wow!", "x" * 90, "word " * 90]


def byte_symbols():
    """GPT-2's way to write any byte as a visible character."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [b for b in range(256) if b not in visible]
    return {b: chr(b) for b in visible} | {b: chr(256 + i) for i, b in enumerate(hidden)}


def byte_pairs(texts, count):
    """The most frequent pairs, one after another; of equals, the first in the alphabet."""
    words = [[*w[:-1], w[-1] + "</w>"] for text in texts for w in text.split()]
    merges = []
    for _ in range(count):
        pairs = {}
        for word in words:
            for pair in zip(word, word[1:]):
                pairs[pair] = pairs.get(pair, 0) + 1
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        for word in words:
            i = 0
            while i + 1 < len(word):
                if (word[i], word[i + 1]) == best:
                    word[i:i + 2] = [word[i] + word[i + 1]]
                i += 1
    return merges


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tokenizer(folder, pad):
    """The files of a published CLIP tokenizer (transformers 5 itself would write a tokenizer.json instead)."""
    symbols = list(byte_symbols().values())
    merges = byte_pairs(PROMPTS, 40)
    names = symbols + [s + "</w>" for s in symbols] + ["".join(m) for m in merges]
    names += ["<|startoftext|>", "<|endoftext|>"]
    write_json(folder / "vocab.json", {name: i for i, name in enumerate(names)})
    lines = ["#version: 0.2"] + [" ".join(m) for m in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def token(content):
        return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}

    start, end = token("<|startoftext|>"), token("<|endoftext|>")
    write_json(folder / "special_tokens_map.json",
               {"bos_token": start, "eos_token": end, "pad_token": pad, "unk_token": end})
    write_json(folder / "tokenizer_config.json", {
        "add_prefix_space": False, "bos_token": start, "do_lower_case": True, "eos_token": end, "errors": "replace",
        "model_max_length": 77, "pad_token": pad, "tokenizer_class": "CLIPTokenizer", "unk_token": end})
    return len(names)


def fit(unet, encode, scheduler, generator, steps=400):
    """Teaches the U-Net the toy: x0 = a mean per prompt, a slope across the picture, and noise."""
    tokens = encode(PROMPTS)
    means = torch.randn(len(PROMPTS), 4, 1, 1, generator=generator)
    slope = torch.linspace(-1, 1, 8).view(1, 1, 1, 8) * torch.tensor([1.0, -1.0, 0.5, 0.0]).view(1, 4, 1, 1)
    noiser = DDPMScheduler(**BETAS)
    unet.requires_grad_(True)
    optimizer = torch.optim.AdamW(unet.parameters(), lr=4e-3, weight_decay=0.0)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * 0.5 * (1 + math.cos(math.pi * step / steps))
        which = torch.randint(0, len(PROMPTS), (16,), generator=generator)
        noise = torch.randn(16, 4, 8, 8, generator=generator)
        x0 = 0.6 * means[which] + 0.4 * slope + 0.4 * torch.randn(16, 4, 8, 8, generator=generator)
        t = torch.randint(0, 1000, (16,), generator=generator)
        target = noiser.get_velocity(x0, noise, t) if scheduler.config.prediction_type == "v_prediction" else noise
        loss = (unet(noiser.add_noise(x0, noise, t), t, tokens[which]).sample - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
    unet.requires_grad_(False)
    return loss.item()


def make_folder(folder, variant, seed):
    shutil.rmtree(folder, ignore_errors=True)
    vocabulary = write_tokenizer(folder / "tokenizer", variant["pad"])
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")

    text_encoder = CLIPTextModel(CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=16, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=77, hidden_act=variant["act"], projection_dim=16, bos_token_id=vocabulary - 2,
        eos_token_id=variant["eos"] or vocabulary - 1, pad_token_id=tokenizer.pad_token_id))
    randomize(text_encoder, seed)
    vae = AutoencoderKL(
        block_out_channels=(4, 8, 8), down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3, layers_per_block=1, latent_channels=4, norm_num_groups=2,
        sample_size=32)
    randomize(vae, seed + 1)
    unet = UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 12), layers_per_block=2,
        norm_num_groups=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), **variant["unet"])
    randomize(unet, seed + 2)

    def encode(texts):
        ids = tokenizer(texts, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
        return text_encoder(ids).last_hidden_state

    loss = fit(unet, encode, variant["scheduler"], torch.Generator().manual_seed(seed + 3))
    StableDiffusionPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=variant["scheduler"],
        safety_checker=None, feature_extractor=None, requires_safety_checker=False).save_pretrained(folder)

    # As published: clip_sample in every scheduler's config, the tokenizer in its own two files, the text encoder under
    # `text_model.`, which transformers 5 reads but no longer writes.
    config = folder / "scheduler" / "scheduler_config.json"
    write_json(config, dict(sorted((json.loads(config.read_text()) | {"clip_sample": False}).items())))
    shutil.rmtree(folder / "tokenizer")
    write_tokenizer(folder / "tokenizer", variant["pad"])
    for path in sorted(folder.rglob("*.safetensors")):
        weights = load_file(path)
        if path.parent.name == "text_encoder":
            weights = {k if k.startswith("text_model.") else "text_model." + k: v for k, v in weights.items()}
        path.write_bytes(safetensors_bytes(weights, {"format": "pt"}))
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"{folder.name}: {size} bytes, the U-Net's loss on the toy {loss:.3f}")


def write(name, variant, seed, out):
    folder = pathlib.Path(out) / f"tiny-{name}"
    make_folder(folder, variant, seed)
    golden = GoldenFile(
        f"pipeline-{name}.safetensors", seed, packages=("torch", "diffusers", "transformers", "tokenizers"),
        folder=folder.name, request=REQUEST,
        keys="For each scheduler S, made from the folder's own with from_config: in.tokens, in.negative_tokens [1,77],"
             " in.x_T (unit noise of the seed), mid.text_embeddings, mid.negative_embeddings [1,77,16];"
             " mid.S.timesteps, mid.S.predicted [calls,2,4,6,8] (unguided: negative prompt, then prompt),"
             " mid.S.latents [calls,1,4,6,8] after each step, out.S.latents, out.S.decoded [1,3,24,32] (not yet"
             " clamped), out.S.pixels [24,32,3] 0..255.",
    )
    for scheduler in variant["schedulers"]:
        pipeline = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None, requires_safety_checker=False)
        pipeline.set_progress_bar_config(disable=True)
        for key, value in generate(with_scheduler(pipeline, scheduler), **REQUEST).items():
            kind, _, leaf = key.partition(".")
            shared = kind == "in" or leaf.endswith("embeddings")
            if not shared:
                golden.put(f"{kind}.{scheduler}.{leaf}", value)
            elif key not in golden.tensors:
                golden.put(key, value)
        config = {k: v for k, v in pipeline.scheduler.config.items()
                  if not k.startswith("_") and not (isinstance(v, float) and math.isinf(v))}
        golden.metadata[f"scheduler_config.{scheduler}"] = json.dumps(config, sort_keys=True)
    golden.write(out)

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    write_json(pathlib.Path(out) / f"pipeline-{name}-tokens.json", [
        {"text": text, "ids": tokenizer(text, padding="max_length", max_length=77, truncation=True).input_ids}
        for text in TEXTS])


def main(out):
    for i, (name, variant) in enumerate(VARIANTS.items()):
        write(name, variant, SEED + 10 * i, out)


if __name__ == "__main__":
    main(directory(__doc__))
