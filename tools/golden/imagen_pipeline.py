"""Two tiny folders as DeepFloyd is published, and what IFPipeline and IFSuperResolutionPipeline make of them.

All weights are random. The tokenizer and the encoder are those of t5.py, which must have run before. A generator for each
pipeline draws its noise, so that a seed names it; captions are not cleaned but set in small letters."""
import inspect
import pathlib
import shutil
import warnings

import torch
from diffusers import DDPMScheduler, IFPipeline, IFSuperResolutionPipeline, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import T5EncoderModel, T5Tokenizer

from assembled_unets import BLOCKS
from golden_file import GoldenFile, directory, randomize, safetensors_bytes
from unclip_pipeline import in_float64

SEED = 20220523
PROMPT, NEGATIVE = "A Photo of a corgi  riding a bike", "grey"
BASE, LARGE = dict(seed=3, steps=4, guidance=7.0), dict(seed=5, steps=3, guidance=4.0, noise_level=250)
GAIN = 0.6  # of the weights: with 1, float32 by itself moves the first picture by 1.5e-4
LARGEST_ROUNDING = 4e-5  # less than half of what the tests allow

SHARED = dict(
    BLOCKS, out_channels=6, block_out_channels=(4, 8), mid_block_type="UNetMidBlock2DSimpleCrossAttn",
    down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
    up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
    attention_head_dim=4, cross_attention_dim=32, cross_attention_norm="group_norm", act_fn="gelu",
    encoder_hid_dim=16, encoder_hid_dim_type="text_proj", addition_embed_type="text", addition_embed_type_num_heads=4)


def scheduler(thresholding, **more):
    return DDPMScheduler(beta_schedule="squaredcos_cap_v2", variance_type="learned_range", thresholding=True,
                         dynamic_thresholding_ratio=0.95, sample_max_value=thresholding, **more)


def as_published(folder):
    for path in sorted(folder.rglob("*.safetensors")):
        path.write_bytes(safetensors_bytes(load_file(path), {"format": "pt"}))
    print(folder.name, sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()), "bytes")


def write(golden, out, pipeline, call):
    exact = in_float64(pipeline, call, DDPMScheduler)
    picture = call()
    rounding = float((exact - picture).abs().max())
    print(golden.name, "float32 from float64:", rounding)
    if rounding > LARGEST_ROUNDING:
        raise ValueError(f"{golden.name}: float32 alone moves the picture by {rounding}; take tamer weights")
    golden.metadata["float32_from_float64"] = f"{rounding:.1e}"
    golden.put("out.picture", picture)
    golden.write(out)


def main(out):
    warnings.filterwarnings("ignore")
    base, large = pathlib.Path(out) / "tiny-if", pathlib.Path(out) / "tiny-if-super-resolution"
    for place in (base, large):
        shutil.rmtree(place, ignore_errors=True)
    encoder = T5EncoderModel.from_pretrained(pathlib.Path(out) / "tiny-t5").eval()
    tokenizer = T5Tokenizer.from_pretrained(pathlib.Path(out) / "tiny-t5")
    none = dict(safety_checker=None, feature_extractor=None, watermarker=None, requires_safety_checker=False)
    pipeline = IFPipeline(
        tokenizer=tokenizer, text_encoder=encoder, scheduler=scheduler(1.5), **none,
        unet=randomize(UNet2DConditionModel(**SHARED, sample_size=8, in_channels=3, layers_per_block=1), SEED, GAIN))
    pipeline.save_pretrained(base)
    for file in (base / "tokenizer").iterdir():
        file.unlink()
    shutil.copy(pathlib.Path(out) / "tiny-t5/spiece.model", base / "tokenizer/spiece.model")
    as_published(base)
    pipeline.set_progress_bar_config(disable=True)
    golden = GoldenFile("pipeline-if.safetensors", SEED, folder=base.name,
                        request=dict(prompt=PROMPT, negative=NEGATIVE, **BASE), keys="out.picture, -1 to 1")
    write(golden, out, pipeline, lambda: pipeline(
        PROMPT, negative_prompt=NEGATIVE, generator=torch.Generator().manual_seed(BASE["seed"]), clean_caption=False,
        num_inference_steps=BASE["steps"], guidance_scale=BASE["guidance"], output_type="pt").images)

    unet = UNet2DConditionModel(
        **SHARED, sample_size=16, in_channels=6, layers_per_block=(1, 2), time_embedding_dim=20,
        class_embed_type="timestep", time_embedding_act_fn="gelu", resnet_skip_time_act=True, only_cross_attention=True,
        resnet_out_scale_factor=1 / 0.7071, mid_block_scale_factor=1 / 0.7071)
    second = IFSuperResolutionPipeline(
        tokenizer=None, text_encoder=None, unet=randomize(unet, SEED + 1, GAIN), scheduler=scheduler(1.0),
        image_noising_scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"), **none)
    second.save_pretrained(large)
    as_published(large)
    second.set_progress_bar_config(disable=True)
    golden = GoldenFile("pipeline-if-super-resolution.safetensors", SEED, folder=large.name, request=LARGE,
                        keys="in.small, in.text, in.none of T5; out.picture, -1 to 1")
    generator = torch.Generator().manual_seed(SEED + 2)
    small = 2 * torch.rand(1, 3, 8, 8, generator=generator) - 1
    text, empty = torch.randn(2, 1, 9, 16, generator=generator)
    for name, value in dict(small=small, text=text, none=empty).items():
        golden.put(f"in.{name}", value)

    def call():
        dtype = second.unet.dtype
        return second(
            image=small.to(dtype), prompt_embeds=text.to(dtype), negative_prompt_embeds=empty.to(dtype),
            generator=torch.Generator().manual_seed(LARGE["seed"]), num_inference_steps=LARGE["steps"],
            guidance_scale=LARGE["guidance"], noise_level=LARGE["noise_level"], output_type="pt").images

    write(golden, out, second, call)


if __name__ == "__main__":
    with torch.no_grad():
        main(directory(__doc__))
