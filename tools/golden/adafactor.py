"""Adafactor as transformers takes its steps, on a matrix, a vector, a number and a kernel."""
import json

import torch
from transformers import Adafactor

from golden_file import GoldenFile, directory

SEED = 20180411
STEPS = 20
SHAPES = {"matrix": (5, 7), "vector": (6,), "number": (), "kernel": (4, 3, 3, 2)}

VARIANTS = {
    "paper": dict(lr=1e-2),
    "decay": dict(lr=1e-2, weight_decay=0.1),
    "other": dict(lr=3e-2, eps=(1e-12, 1e-1), clip_threshold=0.4, decay_rate=-0.5),
}


def main(out):
    generator = torch.Generator().manual_seed(SEED)
    golden = GoldenFile(
        "adafactor.safetensors", SEED, packages=("torch", "transformers"),
        keys="in.start.*, in.gradient.* [20,...] -> out.VARIANT.* [20,...], the weights after each step"
             " (scale_parameter, no relative_step, no beta1; other arguments in metadata adafactor; what has less than two axes does not"
             " decay), and at the end out.VARIANT.row.*, column.* and v.*, what the optimiser remembers.",
    )
    # one start is so small that epsilon2 stands for its size; gradients fall by 1,000 and jump once
    start = {k: torch.randn(s, generator=generator) * (1e-4 if k == "vector" else 1) for k, s in SHAPES.items()}
    fall = torch.logspace(0, -3, STEPS)
    fall[12] = 5
    gradients = {k: torch.randn(STEPS, *s, generator=generator) * fall.view(-1, *[1] * len(s))
                 for k, s in SHAPES.items()}
    for k in SHAPES:
        golden.put(f"in.start.{k}", start[k])
        golden.put(f"in.gradient.{k}", gradients[k])
    for name, hyper in VARIANTS.items():
        parameters = {k: torch.nn.Parameter(v.clone()) for k, v in start.items()}
        decay = hyper.get("weight_decay", 0.0)
        optimizer = Adafactor(
            [{"params": [p], "weight_decay": decay if p.ndim > 1 else 0.0} for p in parameters.values()],
            scale_parameter=True, relative_step=False, **hyper)
        track = {k: [] for k in SHAPES}
        for step in range(STEPS):
            for k, p in parameters.items():
                p.grad = gradients[k][step].clone()
            optimizer.step()
            for k, p in parameters.items():
                track[k].append(p.detach().clone())
        for k, p in parameters.items():
            golden.put(f"out.{name}.{k}", torch.stack(track[k]))
            state = optimizer.state[p]
            if p.ndim > 1:
                golden.put(f"out.{name}.row.{k}", state["exp_avg_sq_row"])
                golden.put(f"out.{name}.column.{k}", state["exp_avg_sq_col"])
            else:
                golden.put(f"out.{name}.v.{k}", state["exp_avg_sq"])
    golden.metadata["adafactor"] = json.dumps(VARIANTS, sort_keys=True)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
