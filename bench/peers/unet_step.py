"""diffusers' UNet2DConditionModel at the size of Stable Diffusion 1, random weights: seconds for a step of two latents of 64x64."""
import argparse
import json
import statistics
import time

import diffusers
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--layout", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--attention", choices=("sdpa", "plain"), default="sdpa")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--freeze", action="store_true", help="with --compile: weights as constants, packed beforehand")
    parser.add_argument("--steps", type=int, default=3)
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    layout = torch.channels_last if a.layout == "channels_last" else torch.contiguous_format
    torch.manual_seed(0)
    with torch.device("meta"):
        unet = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8).eval()
    # weights of about the size that a first draw has; 860 million random numbers would take longer than what is timed
    unet = unet.to(dtype).to_empty(device="cpu")
    some = torch.randn(1 << 20, dtype=dtype) * 0.02
    for p in unet.parameters():
        p.copy_(some.repeat(p.numel() // some.numel() + 1)[:p.numel()].view(p.shape))
    unet = unet.to(memory_format=layout)
    if a.attention == "plain":
        unet.set_attn_processor(AttnProcessor())
    if a.freeze:
        from torch._inductor import config as inductor
        inductor.freezing = True
    run = torch.compile(unet) if a.compile else unet
    x = torch.randn(2, 4, 64, 64, dtype=dtype).contiguous(memory_format=layout)
    tokens = torch.randn(2, 77, 768, dtype=dtype)
    t = torch.tensor([500, 500])
    times = []
    for i in range(a.steps + 1):
        begin = time.perf_counter()
        run(x, t, tokens)
        if i:  # the first one warms up
            times.append(time.perf_counter() - begin)
    print(json.dumps({
        "benchmark": "unet_step", "precision": a.precision, "layout": a.layout, "attention": a.attention,
        "compiled": a.compile, "frozen": a.freeze, "seconds": round(statistics.median(times), 3),
        "best": round(min(times), 3), "torch": torch.__version__, "diffusers": diffusers.__version__}))


if __name__ == "__main__":
    main()
