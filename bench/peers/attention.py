"""Attention on the CPU: torch's own kernel and the plain three lines, GFLOP/s forward."""
import argparse
import json
import statistics
import time

import torch

# batch, heads, queries, keys, width of a head
SHAPES = {
    "self 64x64": (2, 8, 4096, 4096, 40),
    "self 32x32": (2, 8, 1024, 1024, 80),
    "cross 64x64": (2, 8, 4096, 77, 40),
    "clip vit-b/32": (64, 12, 50, 50, 64),
}


def plain(q, k, v):
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    return scores.softmax(-1) @ v


KERNELS = {"sdpa": torch.nn.functional.scaled_dot_product_attention, "plain": plain}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each kernel and shape")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--only", default="", help="part of a shape's name")
    parser.add_argument("--tokens", type=int, help="at most so many queries and keys, to try the script")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    for name, (b, h, n, m, d) in SHAPES.items():
        if a.only not in name:
            continue
        n, m = min(n, a.tokens or n), min(m, a.tokens or m)
        generator = torch.Generator().manual_seed(0)
        q, k, v = (torch.randn(b, h, length, d, generator=generator) for length in (n, m, m))
        exact = plain(q.double(), k.double(), v.double()) if n * m <= 2**20 else None
        for precision in (torch.float32, torch.bfloat16):
            tensors = [t.to(precision) for t in (q, k, v)]
            for kernel, attend in KERNELS.items():
                with torch.inference_mode():
                    out = attend(*tensors)
                    times, end = [], time.perf_counter() + a.seconds
                    while not times or time.perf_counter() < end:
                        begin = time.perf_counter()
                        attend(*tensors)
                        times.append(time.perf_counter() - begin)
                median = statistics.median(times)
                print(json.dumps({
                    "shape": name, "batch": b, "heads": h, "queries": n, "keys": m, "head_width": d,
                    "kernel": kernel, "precision": str(precision)[6:], "ms": round(median * 1e3, 3),
                    "gflops": round(4 * b * h * n * m * d / median / 1e9, 1), "runs": len(times),
                    "max_error": None if exact is None else float(f"{(out.double() - exact).abs().max():.2g}"),
                    "threads": a.threads, "torch": torch.__version__,
                }), flush=True)


if __name__ == "__main__":
    main()
