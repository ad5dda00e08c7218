"""U-Nets of other systems than latent diffusion, as diffusers publishes them: Karlo's decoder and super-resolution
(unCLIP), DeepFloyd's first and second stage (Imagen). A tiny folder each, and what the network in it computes."""
import pathlib

import torch
from diffusers import UNet2DConditionModel, UNet2DModel

from golden_file import GoldenFile, directory, outlets, randomize, safetensors_bytes

SEED = 20220413
TIMESTEPS = torch.tensor([17, 803])

BLOCKS = dict(norm_num_groups=4, resnet_time_scale_shift="scale_shift")
DOWN = ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D", "SimpleCrossAttnDownBlock2D")
UP = ("SimpleCrossAttnUpBlock2D", "SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D")

# https://huggingface.co/kakaobrain/karlo-v1-alpha, made small
KARLO_DECODER = dict(
    BLOCKS, sample_size=8, in_channels=3, out_channels=6, layers_per_block=1, block_out_channels=(4, 8, 12),
    down_block_types=DOWN, up_block_types=UP, mid_block_type="UNetMidBlock2DSimpleCrossAttn",
    attention_head_dim=4, cross_attention_dim=10, class_embed_type="identity")
KARLO_SUPER_RESOLUTION = dict(
    BLOCKS, sample_size=16, in_channels=6, out_channels=3, layers_per_block=1, block_out_channels=(4, 8, 12),
    down_block_types=("ResnetDownsampleBlock2D",) * 3, up_block_types=("ResnetUpsampleBlock2D",) * 3,
    add_attention=False)
# what diffusers' scripts/convert_if.py makes of DeepFloyd's; norms over tokens have 32 groups whatever the width
DEEPFLOYD = dict(
    BLOCKS, sample_size=8, in_channels=3, out_channels=6, block_out_channels=(4, 8, 12),
    down_block_types=DOWN, up_block_types=UP, mid_block_type="UNetMidBlock2DSimpleCrossAttn",
    attention_head_dim=4, cross_attention_dim=32, cross_attention_norm="group_norm", act_fn="gelu",
    encoder_hid_dim=12, addition_embed_type="text", addition_embed_type_num_heads=3)
DEEPFLOYD_1 = dict(DEEPFLOYD, layers_per_block=1)
DEEPFLOYD_2 = dict(
    DEEPFLOYD, in_channels=6, layers_per_block=(1, 2, 1), time_embedding_dim=20, class_embed_type="timestep",
    time_embedding_act_fn="gelu", resnet_skip_time_act=True, only_cross_attention=True,
    resnet_out_scale_factor=1 / 0.7071, mid_block_scale_factor=1 / 0.7071)


def write(name, model, seed, inputs, call, out, keys):
    randomize(model, seed)
    folder = pathlib.Path(out) / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(model.to_json_string(), encoding="utf-8")
    weights = safetensors_bytes({k: v.contiguous() for k, v in model.state_dict().items()}, {"format": "pt"})
    (folder / "diffusion_pytorch_model.safetensors").write_bytes(weights)
    print(name, len(weights), "bytes of weights")

    golden = GoldenFile(f"{name}.safetensors", seed, keys=keys)
    for key, value in inputs.items():
        golden.put("in." + key, value)
    levels = range(3)
    parts = ["time_embedding", "conv_in", *[f"down_blocks.{i}" for i in levels], "mid_block",
             *[f"up_blocks.{i}" for i in levels], "conv_norm_out"]
    parts += [part for part in ("class_embedding", "add_embedding", "encoder_hid_proj")
              if getattr(model, part, None) is not None and list(getattr(model, part).parameters())]
    handles = outlets(golden, model, parts)
    golden.put("out.predicted", call(model, **inputs).sample)
    for handle in handles:
        handle.remove()
    golden.write(out)


def karlo_decoder(out):
    generator = torch.Generator().manual_seed(SEED)
    mask = torch.ones(2, 7)
    mask[1, 3:6] = 0
    inputs = dict(image=torch.randn(2, 3, 8, 12, generator=generator), timesteps=TIMESTEPS,
                  tokens=torch.randn(2, 7, 10, generator=generator), mask=mask.bool(),
                  classes=torch.randn(2, 16, generator=generator))
    write("karlo-decoder", UNet2DConditionModel(**KARLO_DECODER), SEED, inputs,
          lambda model, image, timesteps, tokens, mask, classes: model(
              image, timesteps, tokens, class_labels=classes, attention_mask=mask), out,
          "in.image, in.timesteps, in.tokens with in.mask (true: may be read), in.classes (the image embedding as time)"
          " -> mid.PART -> out.predicted")


def karlo_super_resolution(out):
    generator = torch.Generator().manual_seed(SEED + 1)
    inputs = dict(image=torch.randn(2, 6, 8, 12, generator=generator), timesteps=TIMESTEPS)
    write("karlo-super-resolution", UNet2DModel(**KARLO_SUPER_RESOLUTION), SEED + 1, inputs,
          lambda model, image, timesteps: model(image, timesteps), out,
          "in.image (noised, and the small one resized), in.timesteps -> mid.PART -> out.predicted")


def deepfloyd(out, name, config, seed):
    generator = torch.Generator().manual_seed(seed)
    inputs = dict(image=torch.randn(2, config["in_channels"], 8, 12, generator=generator), timesteps=TIMESTEPS,
                  tokens=torch.randn(2, 7, 12, generator=generator))
    if "class_embed_type" in config:
        inputs["noise_level"] = torch.tensor([250, 40])
    write(name, UNet2DConditionModel(**config), seed, inputs,
          lambda model, image, timesteps, tokens, noise_level=None: model(
              image, timesteps, tokens, class_labels=noise_level), out,
          "in.image, in.timesteps, in.tokens (of T5), in.noise_level in the second stage -> mid.PART -> out.predicted")


def main(out):
    karlo_decoder(out)
    karlo_super_resolution(out)
    deepfloyd(out, "deepfloyd-1", DEEPFLOYD_1, SEED + 2)
    deepfloyd(out, "deepfloyd-2", DEEPFLOYD_2, SEED + 3)


if __name__ == "__main__":
    main(directory(__doc__))
