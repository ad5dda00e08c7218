"""One training step, timed: what the three training benchmarks have in common is how they are measured."""
import argparse
import importlib.metadata
import json
import pathlib
import statistics
import time

import torch


def arguments(description, size):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("config", help="the model's config.json")
    parser.add_argument("--batch", type=int, default=32)
    if size:
        parser.add_argument("--size", type=int, default=size, help="height and columns of the input")
    parser.add_argument("--steps", type=int, default=20, help="timed steps")
    parser.add_argument("--warm-up", type=int, default=3, help="steps before them")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--attention", choices=("sdpa", "plain"), default="sdpa")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--no-ema", action="store_true")
    parser.add_argument("--compile", action="store_true")
    return parser


def config_of(path):
    """A model's config without the notes that its maker left in it."""
    config = json.loads(pathlib.Path(path).read_text())
    return {k: v for k, v in config.items() if not k.startswith("_")}


def measure(a, name, model, loss_of, learning_rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, after=None):
    """Runs loss_of(model) -> loss with backward, clipping, AdamW and the average of the weights, and prints the speed."""
    torch.set_num_threads(a.threads)
    model.train().to(memory_format=torch.channels_last)
    trained = [p for p in model.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.ndim >= 2]
    other = [p for p in trained if p.ndim < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": weight_decay}, {"params": other, "weight_decay": 0.0}],
        lr=learning_rate, betas=betas, eps=eps, fused=True)
    average = None if a.no_ema else [p.detach().clone() for p in model.parameters()]
    run = torch.compile(model) if a.compile else model

    def step():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=a.precision == "bf16"):
            loss = loss_of(run)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            if after:
                after(model)
            if average:
                torch._foreach_lerp_(average, list(model.parameters()), 1 - 0.999)
        return loss.item(), norm.item()

    for _ in range(a.warm_up):
        step()
    times = []
    for _ in range(a.steps):
        begin = time.perf_counter()
        loss, norm = step()
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    print(json.dumps({
        "benchmark": name, "samples_per_second": round(a.batch / median, 2), "step_ms": round(median * 1e3, 1),
        "step_ms_best": round(min(times) * 1e3, 1), "batch": a.batch, "size": getattr(a, "size", None),
        "parameters": sum(p.numel() for p in model.parameters()), "precision": a.precision,
        "attention": a.attention, "compiled": a.compile, "ema": average is not None, "threads": a.threads,
        "loss": round(loss, 4), "gradient_norm": round(norm, 4),
        "versions": {p: importlib.metadata.version(p) for p in ("torch", "diffusers", "transformers")},
    }))
