"""What each tensor of Stable Diffusion's released files, that of the upscaler among them, is called and how it lies there, and what
diffusers makes of it.

The names of the released files are computed here from those of diffusers, and then given to diffusers' own converter, which
must give back what was begun with: so each line is a name of the release, its shape, and diffusers' name and shape.
"""
import gzip
import io
import json
import re

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders import single_file_utils as convert
from transformers import CLIPTextConfig, CLIPTextModel

from golden_file import directory

VERSIONS = {
    "1": dict(cross_attention_dim=768, attention_head_dim=8, use_linear_projection=False),
    "2": dict(cross_attention_dim=1024, attention_head_dim=[5, 10, 20, 20], use_linear_projection=True),
    "x4": dict(in_channels=7, cross_attention_dim=1024, attention_head_dim=8, use_linear_projection=True, num_class_embeds=1000,
               block_out_channels=(256, 512, 512, 1024), only_cross_attention=[True, True, True, False],
               down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * 3,
               up_block_types=("CrossAttnUpBlock2D",) * 3 + ("UpBlock2D",)),
}
VAE_CHANNELS = {"1": (128, 256, 512, 512), "2": (128, 256, 512, 512), "x4": (128, 256, 512)}
LAYERS = 2
RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
TOP = {"conv_in.": "input_blocks.0.0.", "time_embedding.linear_1.": "time_embed.0.", "time_embedding.linear_2.": "time_embed.2.",
       "conv_norm_out.": "out.0.", "conv_out.": "out.2.", "class_embedding.": "label_emb."}


def unet_name(key, all_keys):
    for new, old in TOP.items():
        if key.startswith(new):
            return old + key[len(new):]
    where, level, part, index, rest = re.fullmatch(
        r"(down|up|mid)_block(?:s\.(\d+))?\.(\w+)\.(\d+)\.(.*)", key).groups()
    index = int(index)
    if part == "resnets":
        leaf, _, end = rest.partition(".")
        rest = RESNET[leaf] + "." + end
    if where == "mid":
        return f"middle_block.{1 if part == 'attentions' else 2 * index}.{rest}"
    level = int(level)
    if where == "down":
        number = 1 + level * (LAYERS + 1) + (LAYERS if part == "downsamplers" else index)
        return f"input_blocks.{number}." + (rest.replace("conv", "0.op") if part == "downsamplers"
                                            else f"{int(part == 'attentions')}.{rest}")
    number = level * (LAYERS + 1) + (LAYERS if part == "upsamplers" else index)
    if part == "upsamplers":
        attends = any(k.startswith(f"up_blocks.{level}.attentions.") for k in all_keys)
        return f"output_blocks.{number}.{1 + attends}.{rest}"
    return f"output_blocks.{number}.{int(part == 'attentions')}.{rest}"


def vae_name(key, last):
    for new, old in {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}.items():
        key = re.sub(rf"mid_block\.attentions\.0\.{re.escape(new)}\.", f"mid.attn_1.{old}.", key)
    key = re.sub(r"mid_block\.resnets\.(\d)\.", lambda m: f"mid.block_{int(m[1]) + 1}.", key)
    key = re.sub(r"down_blocks\.(\d)\.resnets\.", r"down.\1.block.", key)
    key = re.sub(r"down_blocks\.(\d)\.downsamplers\.0\.", r"down.\1.downsample.", key)
    key = re.sub(r"up_blocks\.(\d)\.resnets\.", lambda m: f"up.{last - int(m[1])}.block.", key)
    key = re.sub(r"up_blocks\.(\d)\.upsamplers\.0\.", lambda m: f"up.{last - int(m[1])}.upsample.", key)
    return key.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")


def main():
    out = directory(__doc__)
    lines = []
    for version, own in VERSIONS.items():
        with torch.device("meta"):
            unet = UNet2DConditionModel(sample_size=64, **own)
            channels = VAE_CHANNELS[version]
            vae = AutoencoderKL(block_out_channels=channels, layers_per_block=2, latent_channels=4,
                                down_block_types=["DownEncoderBlock2D"] * len(channels),
                                up_block_types=["UpDecoderBlock2D"] * len(channels))
        names = {key: "model.diffusion_model." + unet_name(key, unet.state_dict()) for key in unet.state_dict()}
        vae_names = {key: "first_stage_model." + vae_name(key, len(channels) - 1) for key in vae.state_dict()}
        file = {}
        for key, value in unet.state_dict().items():
            file[names[key]] = value
        for key, value in vae.state_dict().items():
            conv = ".attentions.0.to_" in key and value.ndim == 2
            file[vae_names[key]] = value[:, :, None, None] if conv else value
        again = convert.convert_ldm_unet_checkpoint(dict(file), dict(unet.config))
        assert {k: v.shape for k, v in again.items()} == {k: v.shape for k, v in unet.state_dict().items()}
        decoded = convert.convert_ldm_vae_checkpoint(dict(file), dict(vae.config))
        assert {k: v.shape for k, v in decoded.items()} == {k: v.shape for k, v in vae.state_dict().items()}
        same = {id(v): k for k, v in file.items()}
        for part, state in (("unet", again), ("vae", decoded)):
            for key, value in state.items():
                old = (names if part == "unet" else vae_names)[key]
                if id(value) in same:
                    assert same[id(value)] == old, (old, same[id(value)])
                lines.append([version, old, list(file[old].shape), f"{part}.{key}", list(value.shape)])
        if version == "1":
            with torch.device("meta"):
                text = CLIPTextModel(CLIPTextConfig(hidden_size=768, intermediate_size=3072, num_attention_heads=12,
                                                    num_hidden_layers=12))
            for key, value in text.state_dict().items():
                short = key.removeprefix("text_model.")
                lines.append([version, "cond_stage_model.transformer.text_model." + short, list(value.shape),
                              "text_encoder." + short, list(value.shape)])
        else:
            width, layers = 1024, 24
            shapes = {"token_embedding.weight": [49408, width], "positional_embedding": [77, width],
                      "ln_final.weight": [width], "ln_final.bias": [width], "text_projection": [width, width],
                      "logit_scale": []}
            for i in range(layers):
                block = f"transformer.resblocks.{i}."
                shapes |= {block + k: s for k, s in {
                    "ln_1.weight": [width], "ln_1.bias": [width], "attn.in_proj_weight": [3 * width, width],
                    "attn.in_proj_bias": [3 * width], "attn.out_proj.weight": [width, width],
                    "attn.out_proj.bias": [width], "ln_2.weight": [width], "ln_2.bias": [width],
                    "mlp.c_fc.weight": [4 * width, width], "mlp.c_fc.bias": [4 * width],
                    "mlp.c_proj.weight": [width, 4 * width], "mlp.c_proj.bias": [width]}.items()}
            with torch.device("meta"):
                text = CLIPTextModel(CLIPTextConfig(hidden_size=width, intermediate_size=4 * width, num_attention_heads=16,
                                                    num_hidden_layers=layers - 1, hidden_act="gelu"))
                held = {"cond_stage_model.model." + k: torch.empty(s) for k, s in shapes.items()}
            state = convert.convert_open_clip_checkpoint(text, dict(held), prefix="cond_stage_model.model.")
            own_keys = {k.removeprefix("text_model."): list(v.shape) for k, v in text.state_dict().items()}
            state = {k.removeprefix("text_model."): list(v.shape) for k, v in state.items() if "text_projection" not in k}
            assert state == {k: s for k, s in own_keys.items() if k in state}, "text"
            for key, shape in state.items():
                lines.append([version, "", [], "text_encoder_2." + key, shape])
            for key, shape in shapes.items():
                lines.append([version, "cond_stage_model.model." + key, shape, "", []])
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        packed.write("".join(json.dumps(line) + "\n" for line in lines).encode())
    (out / "ldm-keys.jsonl.gz").write_bytes(raw.getvalue())
    print(len(lines), "lines,", len(raw.getvalue()), "bytes")


main()
