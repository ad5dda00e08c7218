"""Writes a part of unCLIP at Karlo's size with random weights, and what diffusers makes of random inputs with it.

    python tools/golden/real_size_unclip.py FOLDER --part decoder      # or prior, text_proj, super_res_first, super_res_last
    mvn -B -pl core test -Dtest=RealSizeUnClipTest -Dunclip.folder=FOLDER -Dparity=INFO

FOLDER gets the part as kakaobrain/karlo-v1-alpha has it, its weights in bfloat16, and PART.safetensors: in.*, and out.* as
float32 computes it. One part at a time takes up to 10 GB of memory and 2 GB of disk."""
import argparse
import pathlib

import torch
from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel, UnCLIPScheduler
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from safetensors.torch import save_file

from pipeline import write_json

SEED = 20221201
TOKENS, WIDTH, TIME, TOKEN_WIDTH = 77, 768, 1280, 1536
COMMON = dict(resnet_time_scale_shift="scale_shift", block_out_channels=(320, 640, 960, 1280), layers_per_block=3)
DOWN, UP = "ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D"
ATTENDING_DOWN, ATTENDING_UP = "SimpleCrossAttnDownBlock2D", "SimpleCrossAttnUpBlock2D"


def made(part):
    """As the configurations of karlo-v1-alpha say."""
    if part == "prior":
        return PriorTransformer(num_attention_heads=32, attention_head_dim=64, num_layers=20, embedding_dim=WIDTH,
                                num_embeddings=TOKENS, additional_embeddings=4)
    if part == "text_proj":
        return UnCLIPTextProjModel(clip_embeddings_dim=WIDTH, time_embed_dim=TIME, cross_attention_dim=TOKEN_WIDTH)
    if part == "decoder":
        return UNet2DConditionModel(
            **COMMON, sample_size=64, in_channels=3, out_channels=6, cross_attention_dim=TOKEN_WIDTH,
            attention_head_dim=64, class_embed_type="identity", mid_block_type="UNetMidBlock2DSimpleCrossAttn",
            down_block_types=(DOWN, ATTENDING_DOWN, ATTENDING_DOWN, ATTENDING_DOWN),
            up_block_types=(ATTENDING_UP, ATTENDING_UP, ATTENDING_UP, UP))
    return UNet2DModel(**COMMON, sample_size=256, in_channels=6, out_channels=3, add_attention=False,
                       down_block_types=(DOWN,) * 4, up_block_types=(UP,) * 4)


@torch.no_grad()
def filled(part):
    """Random weights that keep the scale of what they read; one draw, repeated, as a billion take longer than the rest."""
    with torch.device("meta"):
        model = made(part)
    model = model.to_empty(device="cpu").eval().requires_grad_(False)
    draw = torch.randn((1 << 20) + 7, generator=torch.Generator().manual_seed(SEED))
    at = 0
    for name, p in model.named_parameters():
        values = draw.roll(at).repeat(p.numel() // draw.numel() + 1)[:p.numel()].view(p.shape)
        at += 7919
        owner = model.get_submodule(name.rpartition(".")[0])
        if isinstance(owner, (torch.nn.LayerNorm, torch.nn.GroupNorm)):
            values = values * 0.3 + (1 if name.endswith("weight") else 0)
        elif name == "clip_std":
            values = values.abs() + 0.5
        elif p.ndim >= 2:
            values = values / p[0].numel() ** 0.5
        else:
            values = 0.2 * values
        p.copy_(values.bfloat16())
    for name, buffer in model.named_buffers():
        if name == "causal_attention_mask":  # a buffer that is computed, not published
            buffer.copy_(torch.full(buffer.shape[1:], -10000.0).triu(1)[None])
    return model


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument(
        "--part", required=True, choices=("prior", "text_proj", "decoder", "super_res_first", "super_res_last"))
    a = parser.parse_args()
    model = filled(a.part)
    folder = a.folder / a.part
    folder.mkdir(parents=True, exist_ok=True)
    model.save_config(folder)
    save_file({name: p.bfloat16() for name, p in model.state_dict().items()},
              folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    generator = torch.Generator().manual_seed(SEED + 1)

    def randn(*shape):
        return torch.randn(shape, generator=generator)

    told = {"in.embedding": randn(2, WIDTH), "in.states": randn(2, TOKENS, WIDTH), "in.image": randn(1, WIDTH),
            "in.mask": (torch.arange(TOKENS) < torch.tensor([[2], [9]]))}
    if a.part == "prior":
        UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", clip_sample_range=5.0
                        ).save_pretrained(a.folder / "prior_scheduler")
        write_json(a.folder / "model_index.json", {"_class_name": "UnCLIPPipeline",
                                                   "prior": ["diffusers", "PriorTransformer"],
                                                   "prior_scheduler": ["diffusers", "UnCLIPScheduler"]})
        told["in.xt"] = randn(2, WIDTH)
        told["out.prior"] = model(told["in.xt"], torch.tensor([700, 700]), told["in.embedding"], told["in.states"],
                                  told["in.mask"]).predicted_image_embedding
    elif a.part == "text_proj":
        told["out.tokens"], told["out.time"] = model(
            image_embeddings=told["in.image"], prompt_embeds=told["in.embedding"],
            text_encoder_hidden_states=told["in.states"], do_classifier_free_guidance=True)
    elif a.part == "decoder":
        told = {"in.xt": randn(2, 3, 64, 64), "in.tokens": randn(2, 4 + TOKENS, TOKEN_WIDTH), "in.time": randn(2, TIME),
                "in.mask": torch.arange(4 + TOKENS) < torch.tensor([[6], [13]])}
        told["out.decoder"] = model(
            told["in.xt"], torch.tensor([700, 700]), told["in.tokens"], class_labels=told["in.time"],
            attention_mask=told["in.mask"]).sample
    else:
        told = {"in.xt": randn(1, 3, 256, 256), "in.small": randn(1, 3, 256, 256)}
        told["out." + a.part] = model(torch.cat([told["in.xt"], told["in.small"]], 1), torch.tensor([700])).sample
    save_file({k: v.contiguous() for k, v in told.items()}, a.folder / f"{a.part}.safetensors")
    print(a.part, sum(p.numel() for p in model.parameters()), "parameters",
          {k: round(float(v.abs().max()), 2) for k, v in told.items() if k.startswith("out")})


if __name__ == "__main__":
    main()
