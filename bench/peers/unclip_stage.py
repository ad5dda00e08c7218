"""diffusers' stages of UnCLIPPipeline at Karlo's size, in a folder that tools/golden/real_size_unclip.py wrote: seconds and memory for
all 25 steps of the prior, or for one evaluation of the decoder or an upsampler."""
import argparse
import json
import statistics
import time

import diffusers
import torch
from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel

TOKENS, STEPS, GUIDANCE = 77, 25, 4.0


def stage(a, dtype, layout):
    cls = {"prior": PriorTransformer, "decoder": UNet2DConditionModel}.get(a.part, UNet2DModel)
    network = cls.from_pretrained(f"{a.folder}/{a.part}", torch_dtype=dtype).eval()
    if a.part != "prior":
        network = network.to(memory_format=layout)
    run = torch.compile(network) if a.compile else network

    def randn(*shape):
        return torch.randn(shape, dtype=dtype)

    if a.part == "prior":
        embedding, states, x = randn(2, 768), randn(2, TOKENS, 768), randn(1, 768)
        mask = torch.ones(2, TOKENS, dtype=torch.bool)

        def all_steps():
            last = x
            for i in range(STEPS):
                none, text = run(torch.cat([last] * 2), torch.tensor(STEPS - i), embedding, states,
                                 mask).predicted_image_embedding.chunk(2)
                last = none + GUIDANCE * (text - none)
        return all_steps
    if a.part == "decoder":
        x = randn(2, 3, 64, 64).contiguous(memory_format=layout)
        tokens, told = randn(2, TOKENS + 4, 1536), randn(2, 1280)
        mask = torch.ones(2, TOKENS + 4, dtype=torch.bool)
        return lambda: run(x, torch.tensor(500), tokens, class_labels=told, attention_mask=mask)
    x = randn(1, 6, 256, 256).contiguous(memory_format=layout)
    return lambda: run(x, torch.tensor(500))


def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) >> 10 for line in file if line.startswith("VmHWM"))


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("part", choices=("prior", "decoder", "super_res_first", "super_res_last"))
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--layout", choices=("channels_last", "contiguous"), default="channels_last")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--times", type=int, default=3)
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    run = stage(a, dtype, torch.channels_last if a.layout == "channels_last" else torch.contiguous_format)
    seconds = []
    for i in range(a.times + 1):
        begin = time.perf_counter()
        run()
        if i:  # the first one warms up
            seconds.append(time.perf_counter() - begin)
    print(json.dumps({
        "benchmark": "unclip_stage", "part": a.part, "precision": a.precision, "layout": a.layout, "compiled": a.compile,
        "seconds": round(statistics.median(seconds), 3), "best": round(min(seconds), 3), "peak_mib": peak(),
        "torch": torch.__version__, "diffusers": diffusers.__version__}))


if __name__ == "__main__":
    main()
