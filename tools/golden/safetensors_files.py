"""What Python's own writers make of files of weights: every type, shards with an index, PyTorch's own archives.

Values are whole numbers that follow from the place (0, 1, 2 …), so that the tests need no second copy of them.
"""
import argparse
import pathlib
import shutil

import huggingface_hub
import safetensors.torch
import torch

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "core/src/test/resources/golden"
TYPES = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
)


def every_type():
    tensors = {f"of.{str(t).removeprefix('torch.')}": torch.arange(6).reshape(2, 3).to(t) for t in TYPES}
    tensors["none"] = torch.zeros(0, 4)
    tensors["number"] = torch.tensor(3.0)
    tensors["größe.重み"] = torch.arange(3).half()
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default=str(GOLDEN), help="folder to write to")
    out = pathlib.Path(parser.parse_args().out)
    out.mkdir(parents=True, exist_ok=True)

    safetensors.torch.save_file(every_type(), out / "types.safetensors", metadata={"format": "pt"})
    safetensors.torch.save_file({"x": torch.ones(4).to(torch.float8_e4m3fn)}, out / "float8.safetensors")

    sharded = out / "sharded"
    shutil.rmtree(sharded, ignore_errors=True)
    sharded.mkdir()
    layers = {f"layers.{i}.weight": torch.arange(64).float().reshape(8, 8) + i for i in range(5)}
    huggingface_hub.save_torch_state_dict(layers, sharded, max_shard_size=600)

    # what torch.save makes: views share a storage, one is transposed, parameters are wrapped
    whole = torch.arange(12).float()
    state = {
        "whole": whole,
        "part": whole[4:8],
        "turned": whole.reshape(3, 4).t(),
        "parameter": torch.nn.Parameter(torch.arange(3).bfloat16()),
        **{k: v for k, v in every_type().items() if k.startswith("of.")},
    }
    torch.save(state, out / "torch_archive.bin")
    torch.save({"state_dict": state, "epoch": 3}, out / "torch_checkpoint.ckpt")
    torch.save({"layer": torch.nn.Linear(2, 2)}, out / "torch_with_code.bin")
    for file in sorted(p for p in out.rglob("*") if p.is_file()):
        print(file.relative_to(out), file.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
