"""Holds what `zeuxis convert` makes of a Stable Diffusion against diffusers' own converter, key by key and number by number, both ways.

    python open_converted.py ../../zeuxis

For Stable Diffusion 1, 2 and inpainting, small and random: a folder that diffusers saved becomes one file, of which diffusers' converter
must make what the folder holds; and that file becomes a folder, which diffusers must open with the very same tensors. Nothing is
downloaded.
"""
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import open_clip
import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInpaintPipeline, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.loaders import single_file_utils as convert
from safetensors.torch import load_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from pipeline import byte_symbols

BETAS = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000,
             clip_sample=False, set_alpha_to_one=False, steps_offset=1)
KINDS = {
    "1": dict(channels=4, act="quick_gelu", pad="<|endoftext|>", prediction="epsilon",
              unet=dict(block_out_channels=(32, 64), attention_head_dim=8, use_linear_projection=False)),
    "2": dict(channels=4, act="gelu", pad="!", prediction="v_prediction",
              unet=dict(block_out_channels=(64, 128), attention_head_dim=[1, 2], use_linear_projection=True)),
    "inpainting": dict(channels=9, act="quick_gelu", pad="<|endoftext|>", prediction="epsilon",
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
    zeuxis = sys.argv[1:]

    def run(*arguments):
        subprocess.run([*zeuxis, "convert", *map(str, arguments)], check=True)

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, kind in KINDS.items():
            tokenizer = CLIPTokenizer.from_pretrained(words(folder), pad_token=kind["pad"], model_max_length=77)
            pipe = pipeline(kind, tokenizer)
            pipe.save_pretrained(folder / name)
            file = folder / f"{name}.safetensors"
            run(folder / name, file)
            expected = states(pipe)
            for part, state in as_diffusers_reads(file, pipe, name == "2").items():
                same(f"{name}, one file, {part}", state, expected[part])
            run(file, folder / f"{name}-again")
            opened = type(pipe).from_pretrained(folder / f"{name}-again", safety_checker=None, requires_safety_checker=False)
            for part, state in states(opened).items():
                same(f"{name}, a folder of it, {part}", state, expected[part])
            assert opened.scheduler.config.prediction_type == kind["prediction"]
            assert opened.tokenizer("a red bird", padding="max_length").input_ids == \
                tokenizer("a red bird", padding="max_length").input_ids
            half = folder / f"{name}-half.safetensors"
            run(folder / name, half, "--dtype", "float16")
            for key, value in load_file(file).items():
                assert torch.equal(load_file(half)[key], value.half()), key
            print(f"{name}: in float16 as torch rounds", flush=True)


def words(folder):
    """CLIP's own vocabulary, of the merges that open_clip carries."""
    made = folder / "words"
    made.mkdir(exist_ok=True)
    with gzip.open(pathlib.Path(open_clip.__file__).with_name("bpe_simple_vocab_16e6.txt.gz"), "rt", encoding="utf-8") as file:
        merges = file.read().split("\n")[1:49152 - 256 - 2 + 1]
    symbols = list(byte_symbols().values())
    tokens = symbols + [s + "</w>" for s in symbols] + [m.replace(" ", "") for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
    (made / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}), encoding="utf-8")
    (made / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    return made


if __name__ == "__main__":
    main()
