"""LoRAs and textual inversions for tiny-stable-diffusion in each form that they are published in, and what diffusers draws with them.

`adapters/` holds the files: two LoRAs in the names of kohya's scripts, one of them (`locon`) with a matrix between for convolutions,
one as diffusers and peft write it, one as diffusers wrote it before; words in the four forms of textual inversion.
`adapters.safetensors` has, for each run in the metadata, the latents after 5 steps and the picture. diffusers merges them itself with
load_lora_weights and fuse_lora; only of `locon`, which it does not read, the product is added here.
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


def pair(random, weight, rank, conv=True):
    """The matrices of a layer whose weight is [out, in] or [out, in, k, k]."""
    window = tuple(weight.shape[2:]) if conv else ()
    one = (1,) * len(window)
    return random(rank, weight.shape[1], *window), random(weight.shape[0], rank, *one)


def kohya(unet, text, random):
    layers = {}
    for name, rank, alpha in [(UNET + ".attn1.to_q", 4, 2.0), (UNET + ".attn2.to_k", 4, 4.0), (UNET + ".attn2.to_out.0", 2, 1.0),
                              (UNET + ".ff.net.0.proj", 3, 3.0), ("down_blocks.0.attentions.0.proj_in", 2, 1.0),
                              ("mid_block.attentions.0.transformer_blocks.0.attn1.to_v", 2, 2.0)]:
        down, up = pair(random, unet[name + ".weight"], rank)
        layers["lora_unet_" + name.replace(".", "_")] = (down, up, alpha)
    for name in ["encoder.layers.0.self_attn.q_proj", "encoder.layers.1.mlp.fc1"]:
        down, up = pair(random, text[name + ".weight"], 2)
        layers["lora_te_text_model_" + name.replace(".", "_")] = (down, up, 1.0)
    return {k: v for name, (down, up, alpha) in layers.items() for k, v in {
        name + ".lora_down.weight": down.half(), name + ".lora_up.weight": up.half(), name + ".alpha": torch.tensor(alpha)}.items()}


def peft(unet, text, random):
    keys = {}
    for name, rank in [(UNET + ".attn1.to_k", 4), ("up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v", 4),
                       ("down_blocks.0.resnets.0.conv1", 4)]:
        keys[f"unet.{name}.lora_A.weight"], keys[f"unet.{name}.lora_B.weight"] = pair(random, unet[name + ".weight"], rank)
    for name in ["encoder.layers.0.self_attn.v_proj", "encoder.layers.1.self_attn.out_proj"]:
        key = f"text_encoder.text_model.{name}"
        keys[key + ".lora_A.weight"], keys[key + ".lora_B.weight"] = pair(random, text[name + ".weight"], 3)
    return keys


def old(unet, text, random):
    keys = {}
    for name in ["to_q", "to_out"]:
        weight = unet[f"{UNET}.attn1.{name}{'.0' if name == 'to_out' else ''}.weight"]
        key = f"unet.{UNET}.attn1.processor.{name}_lora."
        keys[key + "down.weight"], keys[key + "up.weight"] = pair(random, weight, 2)
    name = "encoder.layers.0.self_attn.q_proj"
    key = f"text_encoder.text_model.{name}.lora_linear_layer."
    keys[key + "down.weight"], keys[key + "up.weight"] = pair(random, text[name + ".weight"], 2)
    return keys


def locon(unet, random):
    """3x3 convolutions: one whose first matrix has the window, one with a matrix between."""
    keys, merged = {}, {}
    name = "down_blocks.0.resnets.1.conv2"
    w = unet[name + ".weight"]
    down, up = pair(random, w, 3)
    flat = "lora_unet_" + name.replace(".", "_")
    keys |= {flat + ".lora_down.weight": down, flat + ".lora_up.weight": up, flat + ".alpha": torch.tensor(1.5)}
    merged[name + ".weight"] = w + 0.7 * 1.5 / 3 * torch.einsum("or,rikl->oikl", up[:, :, 0, 0], down)
    name = "up_blocks.0.resnets.0.conv1"
    w = unet[name + ".weight"]
    down, mid, up = random(2, w.shape[1], 1, 1), random(2, 2, 3, 3), random(w.shape[0], 2, 1, 1)
    flat = "lora_unet_" + name.replace(".", "_")
    keys |= {flat + ".lora_down.weight": down, flat + ".lora_mid.weight": mid, flat + ".lora_up.weight": up}
    merged[name + ".weight"] = w + 0.7 * torch.einsum("oa,abkl,bi->oikl", up[:, :, 0, 0], mid, down[:, :, 0, 0])
    return keys, merged


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
    between, merged = locon(unet, random)
    notes = {f"{part}.{key}": value for part, rank in (("unet", 4), ("text_encoder", 3))
             for key, value in dict(r=rank, lora_alpha=ALPHA[part], target_modules=[], use_dora=False).items()}
    notes["unet.target_modules"] = ["attn1.to_k", "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v",
                                    "down_blocks.0.resnets.0.conv1"]
    notes["unet.target_modules"][0] = UNET + ".attn1.to_k"
    notes["text_encoder.target_modules"] = ["encoder.layers.0.self_attn.v_proj", "encoder.layers.1.self_attn.out_proj"]
    files = {
        "kohya": (kohya(unet, text, random), {"ss_network_module": "networks.lora"}),
        "peft": (peft(unet, text, random), {"format": "pt"}),
        "noted": (peft(unet, text, random), {"format": "pt", "lora_adapter_metadata": json.dumps(notes)}),
        "old": (old(unet, text, random), {"format": "pt"}),
        "locon": (between, {}),
    }
    for name, (tensors, metadata) in files.items():
        (folder / f"{name}.safetensors").write_bytes(safetensors_bytes(tensors, metadata))
    golden, runs = GoldenFile("adapters.safetensors", SEED, packages=("torch", "diffusers", "transformers", "peft")), []
    for loras in [[("kohya", 1.0)], [("peft", 0.8)], [("noted", 0.5)], [("old", 1.0)], [("kohya", 0.6), ("peft", -0.5)]]:
        pipeline = fresh()
        for name, _ in loras:
            pipeline.load_lora_weights(folder, weight_name=f"{name}.safetensors", adapter_name=name)
        pipeline.set_adapters([n for n, _ in loras], [w for _, w in loras])
        pipeline.fuse_lora(adapter_names=[n for n, _ in loras])
        pipeline.unload_lora_weights()
        run = {"name": "+".join(n for n, _ in loras), "loras": loras, "embeddings": []}
        draw(golden, runs, run, pipeline, PROMPT)
    pipeline = fresh()
    pipeline.unet.load_state_dict(unet | merged)
    draw(golden, runs, {"name": "locon", "loras": [["locon", 0.7]], "embeddings": []}, pipeline, PROMPT)

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
