"""Writes Stable Diffusion 1.5, 2.1 and 1.5 for inpainting with random weights as diffusers saves them, and what diffusers draws with them.

    python tools/golden/real_size_stable_diffusion.py FOLDER [--only 1.5] [--tiny]
    mvn -q -pl core,bench -am -DskipTests package
    java -cp bench/target/zeuxis-bench-*.jar org.zeuxis.bench.RealSizeStableDiffusion FOLDER

FOLDER gets for each of them a folder, VERSION.safetensors with inputs and results in float32, a LoRA and a learned word. Texts, one
evaluation of the U-Net, encoder, decoder and one picture of ten steps are of 512 pixels; every sampler's ten steps, and what is drawn
from a picture, where a mask is white, with the LoRA and the word, of 128; by the U-Net of 9 channels where a mask is white alone. Some 15
minutes on two cores for all three, 8 GB of memory and 14 GB of disk. `open_converted.py --published FOLDER` then converts them. --tiny is
a trial of the same with networks and pictures that take seconds."""
import argparse
import gc
import pathlib
import shutil

import diffusers
import torch
from diffusers import (AutoencoderKL, PNDMScheduler, StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline,
                       StableDiffusionPipeline, UNet2DConditionModel)
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from open_converted import words

SEED = 20221124
STEPS, GUIDANCE = 10, 5.0
PROMPT, NEGATIVE = "a red bird on a small tree", "a blue cube"
VERSIONS = "1.5", "2.1", "1.5-inpainting"
SAMPLERS = {
    "ddim": "DDIM", "ddpm": "DDPM", "deis": "DEISMultistep", "dpm++2m": "DPMSolverMultistep", "dpm++2s": "DPMSolverSinglestep",
    "euler": "EulerDiscrete", "euler-ancestral": "EulerAncestralDiscrete", "heun": "HeunDiscrete", "kdpm2": "KDPM2Discrete",
    "kdpm2-ancestral": "KDPM2AncestralDiscrete", "lcm": "LCM", "lms": "LMSDiscrete", "pndm": "PNDM", "tcd": "TCD",
    "unipc": "UniPCMultistep",
}


def inpaints(version):
    """Whether its U-Net is shown a mask and what is kept of a picture."""
    return version.endswith("-inpainting")


def shapes(version, tiny):
    """Configurations of text encoder, U-Net and autoencoder, and what the U-Net predicts."""
    second = version == "2.1"
    if tiny:
        width, heads, channels, latent = 64, ([1, 2] if second else 8), (64, 128), (32, 32)
        text = dict(hidden_size=width, intermediate_size=128, num_hidden_layers=2, num_attention_heads=1)
        kinds = ("CrossAttnDownBlock2D", "DownBlock2D"), ("UpBlock2D", "CrossAttnUpBlock2D")
    else:
        width, channels, latent = 1024 if second else 768, (320, 640, 1280, 1280), (128, 256, 512, 512)
        heads = [5, 10, 20, 20] if second else 8
        text = dict(hidden_size=width, intermediate_size=4 * width, num_hidden_layers=23 if second else 12,
                    num_attention_heads=width // 64)
        kinds = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",), ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3
    text |= dict(vocab_size=49408, hidden_act="gelu" if second else "quick_gelu", max_position_embeddings=77,
                 projection_dim=width, bos_token_id=49406, eos_token_id=49407, pad_token_id=1)
    unet = dict(sample_size=64, in_channels=9 if inpaints(version) else 4, out_channels=4, cross_attention_dim=width,
                attention_head_dim=heads, block_out_channels=channels, layers_per_block=2, down_block_types=kinds[0], up_block_types=kinds[1],
                use_linear_projection=second)
    autoencoder = dict(in_channels=3, out_channels=3, down_block_types=("DownEncoderBlock2D",) * len(latent),
                       up_block_types=("UpDecoderBlock2D",) * len(latent), block_out_channels=latent, layers_per_block=2,
                       latent_channels=4, sample_size=512)
    return text, unet, autoencoder, "v_prediction" if second else "epsilon"


@torch.no_grad()
def filled(model):
    """Random weights that keep the scale of what they read, one draw repeated; norms near 1, biases not 0."""
    draw = torch.randn((1 << 20) + 7, generator=torch.Generator().manual_seed(SEED))
    for at, (name, p) in enumerate(model.named_parameters()):
        values = draw.roll(7919 * at).repeat(p.numel() // draw.numel() + 1)[:p.numel()].view(p.shape)
        owner = model.get_submodule(name.rpartition(".")[0])
        if isinstance(owner, (torch.nn.LayerNorm, torch.nn.GroupNorm)):
            values = values * 0.1 + (1 if name.endswith("weight") else 0)
        elif isinstance(owner, torch.nn.Embedding):
            values = values * 0.1
        else:
            values = values / p[0].numel() ** 0.5 if p.ndim >= 2 else 0.1 * values
        p.copy_(values)
    return model.eval()


def pipeline_of(version, into, tiny):
    text, unet, autoencoder, prediction = shapes(version, tiny)
    return (StableDiffusionInpaintPipeline if inpaints(version) else StableDiffusionPipeline)(
        vae=filled(AutoencoderKL(**autoencoder)), text_encoder=filled(CLIPTextModel(CLIPTextConfig(**text))),
        tokenizer=CLIPTokenizer.from_pretrained(words(into), model_max_length=77,
                                                pad_token="!" if version == "2.1" else "<|endoftext|>"),
        unet=filled(UNet2DConditionModel(**unet)),
        scheduler=PNDMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1,
                                skip_prk_steps=True, set_alpha_to_one=False, prediction_type=prediction),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def lora(pipeline, file):
    """In kohya's names, with what it adds to each weight."""
    generator, keys, gains = torch.Generator().manual_seed(SEED + 2), {}, {}
    for name, module in pipeline.unet.named_modules():
        if not name.endswith(("attn1.to_q", "attn2.to_v")):
            continue
        out, into = module.weight.shape
        down = torch.randn(4, into, generator=generator) / into ** 0.5
        up = torch.randn(out, 4, generator=generator) * 0.2
        flat = "lora_unet_" + name.replace(".", "_")
        keys |= {flat + ".lora_down.weight": down, flat + ".lora_up.weight": up, flat + ".alpha": torch.tensor(2.0)}
        gains[name] = 2.0 / 4 * up @ down
    save_file(keys, file)
    return gains


@torch.no_grad()
def write(version, into, tiny):
    folder = into / version
    shutil.rmtree(folder, ignore_errors=True)
    pipeline = pipeline_of(version, into, tiny)
    pipeline.save_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    large, small = (64, 32) if tiny else (512, 128)
    factor = 2 ** (len(pipeline.vae.config.block_out_channels) - 1)
    noise = torch.Generator().manual_seed(SEED + 1)
    held = {"in.xt": torch.randn(2, pipeline.unet.config.in_channels, large // factor, large // factor, generator=noise),
            "in.picture": torch.randint(0, 256, (small, small, 3), generator=noise).float()}
    ids = pipeline.tokenizer([NEGATIVE, PROMPT], padding="max_length", max_length=77, return_tensors="pt").input_ids
    held["out.states"] = pipeline.text_encoder(ids)[0]
    held["out.unet"] = pipeline.unet(held["in.xt"], torch.tensor([700, 700]), held["out.states"]).sample
    image = torch.rand(1, 3, large, large, generator=noise) * 2 - 1
    held["in.image"] = image
    held["out.encoded"] = pipeline.vae.encode(image).latent_dist.mean
    held["out.decoded"] = pipeline.vae.decode(held["in.xt"][:1, :4]).sample
    white = torch.zeros(small, small)
    white[:, small // 2:] = 255
    held["in.mask"] = white
    picture = Image.fromarray(held["in.picture"].numpy().astype("uint8"))
    mask = Image.fromarray(white.numpy().astype("uint8"))
    # as a user's folder has it: what a scheduler had by default is not handed on before it is saved
    base, cases = PNDMScheduler.from_pretrained(folder, subfolder="scheduler").config, []

    def draw(name, kind, sampler, size, prompt=PROMPT, pipe=pipeline, **more):
        pipe.set_progress_bar_config(disable=True)
        pipe.scheduler = getattr(diffusers, SAMPLERS[sampler] + "Scheduler").from_config(base)
        drawn = pipe(prompt=prompt, negative_prompt=NEGATIVE, num_inference_steps=STEPS, guidance_scale=GUIDANCE, height=size,
                     width=size, output_type="np", eta=0.3 if sampler == "tcd" else 0.0, generator=torch.Generator("cpu").manual_seed(SEED), **more).images[0]
        held[f"out.{name}"] = torch.from_numpy((drawn * 255).round().astype("float32"))
        cases.append("|".join([name, kind, sampler, str(size), prompt, str(more.get("strength", ""))]))
        print(version, name, flush=True)

    if inpaints(version):
        for sampler in ("ddim", "euler", "dpm++2m"):
            draw(f"mask, {sampler}", "mask", sampler, small, image=picture, mask_image=mask, strength=1.0)
        draw("mask, from the picture", "mask", "ddim", small, image=picture, mask_image=mask, strength=0.6)
        keep(version, into, held, cases)
        return
    for sampler in SAMPLERS:
        draw(sampler, "words", sampler, small)
    if version == "1.5" or tiny:
        draw("large", "words", "dpm++2m", large)
    parts = dict(pipeline.components, image_encoder=None)
    # takes no size: it is that of the picture
    redrawing = StableDiffusionImg2ImgPipeline(**parts, requires_safety_checker=False)
    redrawing.set_progress_bar_config(disable=True)
    redrawing.scheduler = diffusers.EulerDiscreteScheduler.from_config(base)
    drawn = redrawing(prompt=PROMPT, negative_prompt=NEGATIVE, image=picture, strength=0.6, num_inference_steps=STEPS,
                 guidance_scale=GUIDANCE, output_type="np", generator=torch.Generator("cpu").manual_seed(SEED)).images[0]
    held["out.from"] = torch.from_numpy((drawn * 255).round().astype("float32"))
    cases.append("|".join(["from", "picture", "euler", str(small), PROMPT, "0.6"]))
    inpainting = StableDiffusionInpaintPipeline(**parts, requires_safety_checker=False)
    draw("mask", "mask", "ddim", small, pipe=inpainting, image=picture, mask_image=mask, strength=1.0)
    width = pipeline.text_encoder.config.hidden_size
    save_file({"<thing>": torch.randn(width, generator=noise) * 0.1}, into / f"{version}-word.safetensors")
    pipeline.load_textual_inversion(str(into / f"{version}-word.safetensors"), token="<thing>")
    draw("word", "word", "ddim", small, prompt="a <thing> on a small tree")
    for name, gain in lora(pipeline, into / f"{version}-lora.safetensors").items():
        pipeline.unet.get_submodule(name).weight += 0.8 * gain
    draw("lora", "lora", "ddim", small)
    keep(version, into, held, cases)


def keep(version, into, held, cases):
    save_file({key: x.contiguous() for key, x in held.items()}, into / f"{version}.safetensors",
              metadata={"cases": "\n".join(cases), "steps": str(STEPS), "guidance": str(GUIDANCE), "seed": str(SEED),
                        "negative": NEGATIVE, "prompt": PROMPT, "lora_weight": "0.8",
                        "reference": f"diffusers {diffusers.__version__}, torch {torch.__version__}"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", choices=VERSIONS)
    parser.add_argument("--tiny", action="store_true")
    a = parser.parse_args()
    a.folder.mkdir(parents=True, exist_ok=True)
    for version in [a.only] if a.only else VERSIONS:
        write(version, a.folder, a.tiny)
        gc.collect()


if __name__ == "__main__":
    main()
