"""diffusers' UNet2DConditionModel at the size of DeepFloyd's IF-I-M, or as another config.json says, random weights: seconds for a step of
two pictures under a text of 77 tokens, as guidance has them."""
import argparse
import json
import pathlib
import statistics
import time

import diffusers
import torch
from diffusers import UNet2DConditionModel

TOKENS = 77


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", nargs="?", default=pathlib.Path(__file__).with_name("if-i-m.json"))
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--layout", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--freeze", action="store_true", help="with --compile: weights as constants, packed beforehand")
    parser.add_argument("--steps", type=int, default=3)
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    layout = torch.channels_last if a.layout == "channels_last" else torch.contiguous_format
    torch.manual_seed(0)
    with open(a.config) as file:
        config = json.load(file)
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(config).eval()
    # weights of about the size that a first draw has; so many random numbers would take longer than what is timed
    unet = unet.to(dtype).to_empty(device="cpu")
    some = torch.randn(1 << 20, dtype=dtype) * 0.02
    for p in unet.parameters():
        p.copy_(some.repeat(p.numel() // some.numel() + 1)[:p.numel()].view(p.shape))
    unet = unet.to(memory_format=layout)
    if a.freeze:
        from torch._inductor import config as inductor
        inductor.freezing = True
    run = torch.compile(unet) if a.compile else unet
    size = config["sample_size"]
    x = torch.randn(2, config["in_channels"], size, size, dtype=dtype).contiguous(memory_format=layout)
    text = torch.randn(2, TOKENS, config["encoder_hid_dim"], dtype=dtype)
    t = torch.tensor([500, 500])
    level = torch.tensor([250, 250]) if config.get("class_embed_type") else None
    times = []
    for i in range(a.steps + 1):
        begin = time.perf_counter()
        run(x, t, text, class_labels=level)
        if i:  # the first one warms up
            times.append(time.perf_counter() - begin)
    print(json.dumps({
        "benchmark": "imagen_step", "parameters": sum(p.numel() for p in unet.parameters()), "precision": a.precision,
        "layout": a.layout, "compiled": a.compile, "frozen": a.freeze, "seconds": round(statistics.median(times), 3),
        "best": round(min(times), 3), "torch": torch.__version__, "diffusers": diffusers.__version__}))


if __name__ == "__main__":
    main()
