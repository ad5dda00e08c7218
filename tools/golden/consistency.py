"""A tiny latent consistency model, whose U-Net is told its guidance, and what LatentConsistencyModelPipeline makes of it; and one
step of the distillation that leads to such a model.

The folder has what differs from tiny-stable-diffusion, which must lie beside it: U-Net, scheduler and index.
"""
import json
import pathlib
import shutil

import torch
from diffusers import LatentConsistencyModelPipeline, LCMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file

from golden_file import GoldenFile, directory, safetensors_bytes
from pipeline import BETAS, write_json

SEED = 20231006
REQUEST = dict(prompt="a red bird on a small tree", seed=7, steps=4, guidance=7.5, height=24, columns=32)
STRIDE, SCALING = 20, 10.0


def make_folder(out):
    """The U-Net of tiny-stable-diffusion, told its guidance by random weights."""
    teacher = StableDiffusionPipeline.from_pretrained(
        out / "tiny-stable-diffusion", safety_checker=None, requires_safety_checker=False)
    config = {k: v for k, v in teacher.unet.config.items() if not k.startswith("_")} | {"time_cond_proj_dim": 8}
    unet = UNet2DConditionModel(**config)
    unet.load_state_dict(teacher.unet.state_dict(), strict=False)
    weight = unet.time_embedding.cond_proj.weight
    with torch.no_grad():
        weight.copy_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(SEED)))
    model = LatentConsistencyModelPipeline(
        vae=teacher.vae, text_encoder=teacher.text_encoder, tokenizer=teacher.tokenizer, unet=unet,
        scheduler=LCMScheduler(**BETAS), safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    folder = out / "tiny-latent-consistency"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    for part in ("vae", "text_encoder", "tokenizer"):
        shutil.rmtree(folder / part)
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(safetensors_bytes(load_file(weights), {"format": "pt"}))
    config = folder / "scheduler" / "scheduler_config.json"
    write_json(config, dict(sorted(json.loads(config.read_text()).items())))
    return teacher, model


@torch.no_grad()
def draw(model, golden):
    shape = (1, 4, REQUEST["height"] // model.vae_scale_factor, REQUEST["columns"] // model.vae_scale_factor)
    golden.put("in.x_T", torch.randn(shape, generator=torch.Generator().manual_seed(REQUEST["seed"])))
    latents, decoded = [], []
    handle = model.vae.decoder.register_forward_hook(lambda m, i, o: decoded.append(o.clone()))

    def keep(_, __, ___, values):
        latents.append(values["denoised"].clone())
        return values

    model.set_progress_bar_config(disable=True)
    model(REQUEST["prompt"], height=REQUEST["height"], width=REQUEST["columns"], num_inference_steps=REQUEST["steps"],
          guidance_scale=REQUEST["guidance"], generator=torch.Generator().manual_seed(REQUEST["seed"]),
          callback_on_step_end=keep, callback_on_step_end_tensor_inputs=["denoised"])
    handle.remove()
    golden.put("out.latents", latents[-1])
    golden.put("out.decoded", decoded[-1])


def distil(teacher, model, golden):
    """Algorithm 1 of the paper with the student itself as its average and the pseudo-Huber distance; noise predicted."""
    generator = torch.Generator().manual_seed(SEED + 1)
    x0 = torch.randn(4, 4, 6, 8, generator=generator)
    eps = torch.randn(4, 4, 6, 8, generator=generator)
    t = torch.tensor([19, 239, 719, 999])
    scales = torch.tensor([3.0, 4.5, 7.5, 9.0])
    ids = teacher.tokenizer(["a red bird on a small tree", "a blue cube", "a photo of a cat", "", ""],
                            padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    with torch.no_grad():
        states = teacher.text_encoder(ids).last_hidden_state
    words, nothing = states[:4], states[4:].expand(4, -1, -1)
    alpha_bar = model.scheduler.alphas_cumprod

    def at(t):
        return alpha_bar[t].view(-1, 1, 1, 1)

    def noise_to_data(predicted, xt, t):
        return (xt - (1 - at(t)).sqrt() * predicted) / at(t).sqrt()

    def student(xt, t):
        waves = model.get_guidance_scale_embedding(scales - 1, embedding_dim=8)
        x = noise_to_data(model.unet(xt, t, words, timestep_cond=waves).sample, xt, t)
        scaled = SCALING * t.view(-1, 1, 1, 1).float()
        return 0.25 / (scaled ** 2 + 0.25) * xt + scaled / (scaled ** 2 + 0.25).sqrt() * x

    xt = at(t).sqrt() * x0 + (1 - at(t)).sqrt() * eps
    before = (t - STRIDE).clamp(min=0)
    with torch.no_grad():
        with_words, without = teacher.unet(xt, t, words).sample, teacher.unet(xt, t, nothing).sample
        guided = without + scales.view(-1, 1, 1, 1) * (with_words - without)
        stepped = at(before).sqrt() * noise_to_data(guided, xt, t) + (1 - at(before)).sqrt() * guided
        target = student(stepped, before)
    model.unet.requires_grad_(True)
    loss = (((student(xt, t) - target) ** 2 + 0.001 ** 2).sqrt() - 0.001).mean()
    loss.backward()
    for key, value in {"x0": x0, "eps": eps, "t": t, "scales": scales, "states": states}.items():
        golden.put("in.distil." + key, value)
    golden.put("out.distil.loss", loss.detach())
    for key in ("time_embedding.cond_proj.weight", "conv_in.weight"):
        golden.put("out.distil.gradient." + key, model.unet.get_parameter(key).grad)


def main(out):
    out = pathlib.Path(out)
    teacher, model = make_folder(out)
    golden = GoldenFile(
        "latent-consistency.safetensors", SEED, packages=("torch", "diffusers", "transformers", "tokenizers"),
        folder="tiny-latent-consistency", request=REQUEST,
        keys="in.x_T, out.latents [1,4,6,8] (the last step's x0), out.decoded [1,3,24,32] (not yet clamped);"
             " of one step of distillation in.distil.x0, eps [4,4,6,8], t, scales [4], states [5,77,16] (the last"
             " without words), out.distil.loss, out.distil.gradient.KEY.")
    draw(model, golden)
    distil(teacher, model, golden)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
