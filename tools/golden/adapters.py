"""LoRAs and textual inversions for tiny-stable-diffusion in each form that they are published in, and what diffusers draws with them.

`adapters/` holds the files: two LoRAs in the names of kohya's scripts, one of them (`locon`) with a matrix between for convolutions,
one as diffusers and peft write it, one as diffusers wrote it before; words in the four forms of textual inversion.
`adapters.safetensors` has, for each run in the metadata, the latents after 5 steps and the picture of a pipeline into whose weights
they were merged by the paper's equation. What diffusers' load_lora_weights and fuse_lora make of peft's files must be the same; of
kohya's it leaves out text layers and gives all attention layers one alpha (0.42.1 with peft 0.21.2), of `locon` it reads nothing.
"""
import json
import shutil

import numpy
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

from golden_file import GOLDEN, GoldenFile, directory, safetensors_bytes

SEED = 20220827
PROMPT, NEGATIVE = "a red bird on a small tree", "a blue cube"
WORDS = "a <blob> bird, bad-hands on easy-neg, <small>"
UNET = "down_blocks.0.attentions.0.transformer_blocks.0"
ALPHA = {"unet": 6.0, "text_encoder": 2.0}


class Random:
    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, *shape):
        return torch.randn(*shape, generator=self.generator) * 0.3


def pair(random, weight, rank):
    """The matrices of a layer whose weight is [out, in] or [out, in, k, k]."""
    window = tuple(weight.shape[2:])
    return random(rank, weight.shape[1], *window), random(weight.shape[0], rank, *(1,) * len(window))


def product(down, up):
    """What a layer's weight gains, as large as alpha / rank makes it."""
    flat = up.flatten(1) @ down.flatten(1)
    return flat.reshape(up.shape[0], *down.shape[1:])


def kohya(unet, text, random):
    keys, gains = {}, {}

    def add(prefix, part, name, weight, rank, alpha):
        down, up = (m.half() for m in pair(random, weight, rank))
        flat = prefix + name.replace(".", "_")
        keys.update({flat + ".lora_down.weight": down, flat + ".lora_up.weight": up, flat + ".alpha": torch.tensor(alpha)})
        gains[part, name + ".weight"] = product(down.float(), up.float()) * alpha / rank

    for name, rank, alpha in [(UNET + ".attn1.to_q", 4, 2.0), (UNET + ".attn2.to_k", 4, 4.0), (UNET + ".attn2.to_out.0", 2, 1.0),
                              (UNET + ".ff.net.0.proj", 3, 3.0), ("down_blocks.0.attentions.0.proj_in", 2, 1.0),
                              ("mid_block.attentions.0.transformer_blocks.0.attn1.to_v", 2, 2.0)]:
        add("lora_unet_", "unet", name, unet[name + ".weight"], rank, alpha)
    for name in ["encoder.layers.0.self_attn.q_proj", "encoder.layers.1.mlp.fc1"]:
        add("lora_te_text_model_", "text_encoder", name, text[name + ".weight"], 2, 1.0)
    return keys, gains


def peft(unet, text, random, alphas):
    keys, gains = {}, {}

    def add(part, name, key, weight, rank):
        down, up = pair(random, weight, rank)
        keys.update({key + ".lora_A.weight": down, key + ".lora_B.weight": up})
        gains[part, name + ".weight"] = product(down, up) * alphas.get(part, rank) / rank

    for name in [UNET + ".attn1.to_k", "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v", "down_blocks.0.resnets.0.conv1"]:
        add("unet", name, "unet." + name, unet[name + ".weight"], 4)
    for name in ["encoder.layers.0.self_attn.v_proj", "encoder.layers.1.self_attn.out_proj"]:
        add("text_encoder", name, "text_encoder.text_model." + name, text[name + ".weight"], 3)
    return keys, gains


def old(unet, text, random):
    keys, gains = {}, {}

    def add(part, name, key, weight):
        down, up = pair(random, weight, 2)
        keys.update({key + "down.weight": down, key + "up.weight": up})
        gains[part, name + ".weight"] = product(down, up)

    for name in ["to_q", "to_out"]:
        layer = f"{UNET}.attn1.{name}{'.0' if name == 'to_out' else ''}"
        add("unet", layer, f"unet.{UNET}.attn1.processor.{name}_lora.", unet[layer + ".weight"])
    name = "encoder.layers.0.self_attn.q_proj"
    add("text_encoder", name, f"text_encoder.text_model.{name}.lora_linear_layer.", text[name + ".weight"])
    return keys, gains


def locon(unet, random):
    """3x3 convolutions: one whose first matrix has the window, one with a matrix between."""
    keys, gains = {}, {}
    name = "down_blocks.0.resnets.1.conv2"
    down, up = pair(random, unet[name + ".weight"], 3)
    flat = "lora_unet_" + name.replace(".", "_")
    keys |= {flat + ".lora_down.weight": down, flat + ".lora_up.weight": up, flat + ".alpha": torch.tensor(1.5)}
    gains["unet", name + ".weight"] = product(down, up) * 1.5 / 3
    name = "up_blocks.0.resnets.0.conv1"
    w = unet[name + ".weight"]
    down, mid, up = random(2, w.shape[1], 1, 1), random(2, 2, 3, 3), random(w.shape[0], 2, 1, 1)
    flat = "lora_unet_" + name.replace(".", "_")
    keys |= {flat + ".lora_down.weight": down, flat + ".lora_mid.weight": mid, flat + ".lora_up.weight": up}
    gains["unet", name + ".weight"] = torch.einsum("oa,abkl,bi->oikl", up[:, :, 0, 0], mid, down[:, :, 0, 0])
    return keys, gains


def merged(loras, gains):
    """A pipeline whose weights are W + weight * alpha / rank * up down, summed over its LoRAs (their paper, equation 3)."""
    pipeline = fresh()
    weights = {part: getattr(pipeline, part).state_dict() for part in ("unet", "text_encoder")}
    for name, weight in loras:
        for (part, key), gain in gains[name].items():
            weights[part][key] += weight * gain.reshape(weights[part][key].shape)
    return pipeline


def fused(name, weight, folder):
    """What diffusers makes of one file."""
    pipeline = fresh()
    pipeline.load_lora_weights(folder, weight_name=f"{name}.safetensors", adapter_name=name)
    pipeline.set_adapters([name], [weight])
    pipeline.fuse_lora(adapter_names=[name])
    pipeline.unload_lora_weights()
    return pipeline


def fresh():
    pipeline = StableDiffusionPipeline.from_pretrained(
        GOLDEN / "tiny-stable-diffusion", safety_checker=None, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def draw(golden, runs, run, pipeline, prompt):
    def call(kind):
        return pipeline(prompt, negative_prompt=NEGATIVE, num_inference_steps=5, guidance_scale=5.0, height=24, width=32,
                        generator=torch.Generator("cpu").manual_seed(0), output_type=kind).images
    name = run["name"]
    golden.put(f"out.{name}.latents", call("latent"))
    golden.put(f"out.{name}.pixels", numpy.array(call("pil")[0]).astype("int64"))
    runs.append(run | {"prompt": prompt})


@torch.no_grad()
def main(out):
    folder = out / "adapters"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unet, text = fresh().unet.state_dict(), fresh().text_encoder.state_dict()
    random = Random(SEED)
    notes = {f"{part}.{key}": value for part, rank in (("unet", 4), ("text_encoder", 3))
             for key, value in dict(r=rank, lora_alpha=ALPHA[part], target_modules=[], use_dora=False).items()}
    notes["unet.target_modules"] = [UNET + ".attn1.to_k", "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v",
                                    "down_blocks.0.resnets.0.conv1"]
    notes["text_encoder.target_modules"] = ["encoder.layers.0.self_attn.v_proj", "encoder.layers.1.self_attn.out_proj"]
    files = {
        "kohya": (kohya(unet, text, random), {"ss_network_module": "networks.lora"}),
        "peft": (peft(unet, text, random, {}), {"format": "pt"}),
        "noted": (peft(unet, text, random, ALPHA), {"format": "pt", "lora_adapter_metadata": json.dumps(notes)}),
        "old": (old(unet, text, random), {"format": "pt"}),
        "locon": (locon(unet, random), {}),
    }
    gains = {}
    for name, ((tensors, gained), metadata) in files.items():
        (folder / f"{name}.safetensors").write_bytes(safetensors_bytes(tensors, metadata))
        gains[name] = gained
    golden, runs = GoldenFile("adapters.safetensors", SEED, packages=("torch", "diffusers", "transformers", "peft")), []
    for loras in [[("kohya", 1.0)], [("peft", 0.8)], [("noted", 0.5)], [("old", 1.0)], [("locon", 0.7)],
                  [("kohya", 0.6), ("peft", -0.5)]]:
        pipeline = merged(loras, gains)
        if loras[0][0] in ("peft", "noted"):
            for part in ("unet", "text_encoder"):
                theirs = getattr(fused(*loras[0], folder), part).state_dict()
                for key, weight in getattr(pipeline, part).state_dict().items():
                    torch.testing.assert_close(weight, theirs[key], rtol=0, atol=1e-6)
        run = {"name": "+".join(n for n, _ in loras), "loras": loras, "embeddings": []}
        draw(golden, runs, run, pipeline, PROMPT)

    vectors = [Random(SEED + i)(n, 16) * 3 for i, n in enumerate([1, 2, 3, 2])]
    torch.save({"<blob>": vectors[0][0]}, folder / "learned_embeds.bin")
    torch.save({"string_to_token": {"*": 265}, "string_to_param": {"*": vectors[1]}, "name": "test-hands-3000", "step": 2999,
                "sd_checkpoint": None, "sd_checkpoint_name": None}, folder / "bad-hands.pt")
    (folder / "easy-neg.safetensors").write_bytes(safetensors_bytes({"emb_params": vectors[2]}, {}))
    (folder / "two.safetensors").write_bytes(safetensors_bytes({"<small>": vectors[3]}, {}))
    words = {"learned_embeds.bin": "<blob>", "bad-hands.pt": "bad-hands", "easy-neg.safetensors": "easy-neg",
             "two.safetensors": "<small>"}
    pipeline = fresh()
    for file, word in words.items():
        pipeline.load_textual_inversion(folder, weight_name=file, token=word)
    draw(golden, runs, {"name": "embeddings", "loras": [], "embeddings": list(words)}, pipeline, WORDS)
    golden.metadata["runs"] = json.dumps(runs)
    golden.metadata["keys"] = "For each run: out.NAME.latents [1,4,6,8] and out.NAME.pixels [24,32,3]; 5 steps, guidance 5, seed 0."
    golden.write(out)
    print(sum(p.stat().st_size for p in folder.iterdir()), "bytes of files")


if __name__ == "__main__":
    main(directory(__doc__))
