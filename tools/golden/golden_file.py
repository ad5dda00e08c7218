"""A golden file: what a reference implementation computed, for Zeuxis to compute alike.

One safetensors file holds tiny random weights (`weights.`), inputs (`in.`), intermediates (`mid.`) and results
(`out.`). Its metadata names the reference and its version, the seed and the model's config.json. The bytes depend
on nothing but the script and the versions in requirements.txt.
"""
import argparse
import importlib.metadata
import io
import json
import pathlib
import struct
import sys

import torch

LARGEST = 300 * 1024  # bytes; house rule
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "core/src/test/resources/golden"

# safetensors' own names, in its own order: the widest first, so that every tensor is aligned
NAMES = {torch.int64: "I64", torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16", torch.bool: "BOOL"}


class GoldenFile:
    """Collects tensors and writes them once."""

    def __init__(self, name, seed, config=None, packages=("torch", "diffusers", "transformers"), **notes):
        self.name = name
        self.tensors = {}
        self.metadata = {
            "made_by": f"tools/golden/{pathlib.Path(sys.argv[0]).name}",
            "reference": ", ".join(f"{p} {importlib.metadata.version(p)}" for p in packages),
            "seed": str(seed),
        }
        if config is not None:
            self.metadata["config"] = config if isinstance(config, str) else json.dumps(config, sort_keys=True)
        for key, value in notes.items():
            self.metadata[key] = value if isinstance(value, str) else json.dumps(value, sort_keys=True)

    def weights(self, module, prefix="weights."):
        for key, value in module.state_dict().items():
            self.put(prefix + key, value)

    def put(self, key, tensor):
        if not torch.is_tensor(tensor):
            tensor = torch.tensor(tensor)
        tensor = tensor.detach().cpu()
        if tensor.dtype in (torch.int32, torch.uint8):
            tensor = tensor.long()
        if tensor.dtype == torch.float64:
            tensor = tensor.float()
        if key in self.tensors:
            raise KeyError(f"{self.name} already holds {key}")
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise ValueError(f"{self.name}: {key} is not finite")
        self.tensors[key] = tensor.contiguous().clone()

    def write(self, directory):
        content = safetensors_bytes(self.tensors, self.metadata)
        if len(content) > LARGEST:
            raise ValueError(f"{self.name} would take {len(content)} bytes, more than {LARGEST}")
        path = pathlib.Path(directory) / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{path.name}: {len(content)} bytes, {len(self.tensors)} tensors")


def safetensors_bytes(tensors, metadata):
    """Like safetensors.torch.save, but with the metadata in a fixed order too."""
    order = list(NAMES)
    keys = sorted(tensors, key=lambda k: (order.index(tensors[k].dtype), k))
    header, blobs, at = {"__metadata__": dict(sorted(metadata.items()))}, [], 0
    for key in keys:
        t = tensors[key]
        blob = t.reshape(-1).view(torch.uint8).numpy().tobytes() if t.numel() else b""
        header[key] = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(blobs)


def outlets(golden, module, names, prefix="mid."):
    """Records the output of each named submodule when it next runs, under `prefix` and its name."""
    handles = []
    for name in names:
        def record(_, __, output, name=name):
            first = output[0] if isinstance(output, tuple) else output
            golden.put(prefix + name, first)
        handles.append(module.get_submodule(name).register_forward_hook(record))
    return handles


@torch.no_grad()
def randomize(module, seed, gain=1.0):
    """Weights under which nothing hides: matrices keep the scale of their input, biases are not 0, gains not 1."""
    generator = torch.Generator().manual_seed(seed)

    def randn(p):
        return torch.randn(p.shape, generator=generator)

    for name, p in module.named_parameters():
        owner = module.get_submodule(name.rpartition(".")[0])
        leaf = name.rpartition(".")[2]
        if isinstance(owner, torch.nn.Embedding):
            p.copy_(randn(p) * 0.7)
        elif isinstance(owner, (torch.nn.LayerNorm, torch.nn.GroupNorm, torch.nn.BatchNorm2d)):
            p.copy_(1 + 0.3 * randn(p) if leaf == "weight" else 0.3 * randn(p))
        elif p.ndim >= 2:
            p.copy_(randn(p) * gain / p[0].numel() ** 0.5)
        elif p.ndim == 1:
            p.copy_(0.2 * randn(p))
    for owner in module.modules():
        if isinstance(owner, torch.nn.BatchNorm2d):
            owner.running_mean.copy_(0.3 * randn(owner.running_mean))
            owner.running_var.copy_(torch.rand(owner.running_var.shape, generator=generator) + 0.5)
    return module.eval().requires_grad_(False)


def write_archive(model, path):
    """What torch.jit.save writes of a model, without the sources and their paths that it keeps for stack traces."""
    whole = io.BytesIO()
    torch.jit.save(torch.jit.script(model), whole)
    whole.seek(0)
    reader = torch._C.PyTorchFileReader(whole)
    writer = torch._C.PyTorchFileWriter(str(path))
    for name in reader.get_all_records():
        own = name in ("version", "byteorder") or name.startswith(".data/")  # the writer's own
        if not own and not name.endswith(".debug_pkl"):
            record = reader.get_record(name)
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()
    print(path.name, path.stat().st_size, "bytes")


def directory(description):
    """The command line that every script here has: where to write."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", default=str(GOLDEN), help="folder to write to (default: core's test resources)")
    torch.set_num_threads(1)
    return pathlib.Path(parser.parse_args().out)
