"""Holds what `zeuxis convert` makes of a Stable Diffusion against diffusers' own converter, key by key and number by number, both ways.

    python open_converted.py ../../zeuxis
    python open_converted.py ../../zeuxis --published FOLDER [--only inpainting]

For Stable Diffusion 1, 2 and inpainting, small and random: a folder that diffusers saved becomes one file, of which diffusers' converter
must make what the folder holds; and that file becomes a folder, which diffusers must open with the very same tensors. Nothing is
downloaded. With --published it is those of their own size that `real_size_stable_diffusion.py` wrote into FOLDER, which takes 10 GB of
memory, 11 GB of disk in FOLDER and some minutes.
"""
import argparse
import gzip
import json
import pathlib
import shutil
import subprocess
import tempfile

import torch
from diffusers import (AutoencoderKL, DDIMScheduler, DiffusionPipeline, StableDiffusionInpaintPipeline, StableDiffusionPipeline,
                       UNet2DConditionModel)
from diffusers.loaders import single_file_utils as convert
from safetensors.torch import load_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from golden_file import REPOSITORY
from pipeline import byte_symbols

BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000,
             clip_sample=False, set_alpha_to_one=False, steps_offset=1)
KINDS = {
    "1": dict(published="1.5", channels=4, act="quick_gelu", pad="<|endoftext|>", prediction="epsilon",
              unet=dict(block_out_channels=(32, 64), attention_head_dim=8, use_linear_projection=False)),
    "2": dict(published="2.1", channels=4, act="gelu", pad="!", prediction="v_prediction",
              unet=dict(block_out_channels=(64, 128), attention_head_dim=[1, 2], use_linear_projection=True)),
    "inpainting": dict(published="1.5-inpainting", channels=9, act="quick_gelu", pad="<|endoftext|>", prediction="epsilon",
                       unet=dict(block_out_channels=(32, 64), attention_head_dim=8, use_linear_projection=False)),
}
WIDTH, LAYERS = 64, 2


def pipeline(kind, tokenizer):
    torch.manual_seed(5)
    unet = UNet2DConditionModel(sample_size=64, in_channels=kind["channels"], layers_per_block=2, cross_attention_dim=WIDTH,
                                down_block_types=["CrossAttnDownBlock2D", "DownBlock2D"],
                                up_block_types=["UpBlock2D", "CrossAttnUpBlock2D"], **kind["unet"])
    vae = AutoencoderKL(block_out_channels=(32, 32), layers_per_block=2, latent_channels=4, sample_size=128,
                        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2)
    text = CLIPTextModel(CLIPTextConfig(hidden_size=WIDTH, intermediate_size=128, num_attention_heads=1,
                                        num_hidden_layers=LAYERS, hidden_act=kind["act"], vocab_size=49408,
                                        projection_dim=WIDTH, pad_token_id=tokenizer.pad_token_id))
    for module in (unet, vae, text):
        for parameter in module.parameters():
            parameter.data.normal_(std=0.1)
    parts = dict(unet=unet, vae=vae, text_encoder=text, tokenizer=tokenizer, safety_checker=None, feature_extractor=None,
                 scheduler=DDIMScheduler(**BETAS, prediction_type=kind["prediction"]), requires_safety_checker=False)
    return (StableDiffusionInpaintPipeline if kind["channels"] == 9 else StableDiffusionPipeline)(**parts)


def same(name, got, expected):
    got = {k: v for k, v in got.items() if not k.endswith("position_ids")}
    expected = {k: v for k, v in expected.items() if not k.endswith("position_ids")}
    assert got.keys() == expected.keys(), (name, sorted(got.keys() ^ expected.keys())[:5])
    for key, value in expected.items():
        assert got[key].shape == value.shape, (name, key, got[key].shape, value.shape)
        assert torch.equal(got[key], value), (name, key)
    print(f"{name}: {len(expected)} tensors, no number differs", flush=True)


def short(state):
    return {k.removeprefix("text_model."): v for k, v in state.items()}


def as_diffusers_reads(file, pipe, second):
    """Each part of one file, by diffusers' own converter."""
    old = load_file(file)
    text = (convert.convert_open_clip_checkpoint(pipe.text_encoder, dict(old), prefix="cond_stage_model.model.") if second
            else convert.convert_ldm_clip_checkpoint(dict(old)))
    return {"unet": convert.convert_ldm_unet_checkpoint(dict(old), dict(pipe.unet.config)),
            "vae": convert.convert_ldm_vae_checkpoint(dict(old), dict(pipe.vae.config)),
            "text_encoder": {k: v for k, v in short(text).items() if "text_projection" not in k}}


def states(pipe):
    return {"unet": pipe.unet.state_dict(), "vae": pipe.vae.state_dict(), "text_encoder": short(pipe.text_encoder.state_dict())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zeuxis")
    parser.add_argument("--published", type=pathlib.Path)
    parser.add_argument("--only", choices=KINDS)
    a = parser.parse_args()

    def run(*arguments):
        subprocess.run([a.zeuxis, "convert", *map(str, arguments)], check=True)

    with tempfile.TemporaryDirectory(dir=a.published) as made:
        made = pathlib.Path(made)
        for name, kind in KINDS.items():
            if a.only in (None, name):
                both_ways(name, kind, a.published, made, run)


def both_ways(name, kind, published, made, run):
    kept = dict(safety_checker=None, requires_safety_checker=False)
    if published:
        folder = published / kind["published"]
        pipe = DiffusionPipeline.from_pretrained(folder, **kept)
    else:
        folder = made / name
        pipe = pipeline(kind, CLIPTokenizer.from_pretrained(words(made), pad_token=kind["pad"], model_max_length=77))
        pipe.save_pretrained(folder)
    file, again, half = made / f"{name}.safetensors", made / f"{name}-again", made / f"{name}-half.safetensors"
    run(folder, file)
    expected = states(pipe)
    for part, state in as_diffusers_reads(file, pipe, name == "2").items():
        same(f"{name}, one file, {part}", state, expected[part])
    run(file, again)
    opened = type(pipe).from_pretrained(again, **kept)
    for part, state in states(opened).items():
        same(f"{name}, a folder of it, {part}", state, expected[part])
    assert opened.scheduler.config.prediction_type == kind["prediction"]
    assert opened.tokenizer("a red bird", padding="max_length").input_ids == \
        pipe.tokenizer("a red bird", padding="max_length").input_ids
    shutil.rmtree(again)
    run(folder, half, "--dtype", "float16")
    rounded = load_file(half)
    for key, value in load_file(file).items():
        assert torch.equal(rounded[key], value.half()), key
    print(f"{name}: in float16 as torch rounds", flush=True)
    file.unlink()
    half.unlink()


def words(folder):
    """CLIP's own vocabulary, of the merges that Zeuxis carries."""
    made = folder / "words"
    made.mkdir(exist_ok=True)
    with gzip.open(REPOSITORY / "core/src/main/resources/org/zeuxis/text/clip-merges.txt.gz", "rt", encoding="utf-8") as file:
        merges = file.read().splitlines()
    symbols = list(byte_symbols().values())
    tokens = symbols + [s + "</w>" for s in symbols] + [m.replace(" ", "") for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
    (made / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}), encoding="utf-8")
    (made / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    return made


if __name__ == "__main__":
    main()
