"""transformers' CLIPModel at a published size with random weights: pictures and texts embedded per second."""
import argparse
import json
import resource
import statistics
import time

import torch
import transformers
from transformers import CLIPConfig, CLIPModel

SIZES = {
    "VIT_B_32": dict(
        projection_dim=512,
        text_config=dict(hidden_size=512, intermediate_size=2048, num_attention_heads=8, num_hidden_layers=12,
                         projection_dim=512, bos_token_id=49406, eos_token_id=49407),
        vision_config=dict(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12,
                           patch_size=32, projection_dim=512)),
    "VIT_L_14": dict(
        projection_dim=768,
        text_config=dict(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12,
                         projection_dim=768, bos_token_id=49406, eos_token_id=49407),
        vision_config=dict(hidden_size=1024, intermediate_size=4096, num_attention_heads=16, num_hidden_layers=24,
                           patch_size=14, projection_dim=768)),
}


def per_second(embed, batch, seconds):
    embed()
    times = []
    while sum(times) < seconds or len(times) < 3:
        start = time.perf_counter()
        embed()
        times.append(time.perf_counter() - start)
    return round(batch / statistics.median(times), 1)


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=SIZES, default="VIT_B_32")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--seconds", type=float, default=10)
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    torch.manual_seed(0)
    config = CLIPConfig(**SIZES[a.model])
    model = CLIPModel._from_config(config, attn_implementation=a.attention).eval().to(dtype)
    pixels = torch.randn(a.batch, 3, 224, 224, dtype=dtype)
    tokens = torch.randint(3, 49000, (a.batch, 77))
    tokens[:, 38:] = 49407
    print(json.dumps({
        "model": a.model, "precision": a.precision, "attention": a.attention, "batch": a.batch,
        "images_per_second": per_second(lambda: model.get_image_features(pixel_values=pixels), a.batch, a.seconds),
        "texts_per_second": per_second(lambda: model.get_text_features(input_ids=tokens), a.batch, a.seconds),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
