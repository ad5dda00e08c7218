"""A tiny NFNet of timm with random weights: its folder, and what it makes of pictures."""
import json

import timm
import torch

from golden_file import GoldenFile, directory, safetensors_bytes

SEED = 17
ARGS = dict(depths=[1, 2, 2, 1], channels=[32, 32, 64, 64], stem_chs=16, group_size=8, num_features=48)
CLASSES = 5


@torch.no_grad()
def main():
    out = directory(__doc__)
    torch.manual_seed(SEED)
    model = timm.create_model("dm_nfnet_f0", num_classes=CLASSES, **ARGS).eval()
    for name, p in model.named_parameters():
        # as drawn it is the identity of its skips, and biases do nothing
        if name.endswith("skipinit_gain"):
            p.fill_(0.8 + 0.1 * torch.randn(()).item())
        elif name.endswith(("gain", "bias")):
            p.add_(0.2 * torch.randn_like(p))
        elif name.startswith("head"):
            p.copy_(0.3 * torch.randn_like(p))
    golden = GoldenFile("nfnet.safetensors", SEED, packages=("torch", "timm"))
    pixels = torch.randn(2, 3, 64, 96)
    golden.put("in.pixels", pixels)
    golden.put("out.features", model.forward_features(pixels))
    golden.put("out.scores", model(pixels))
    golden.write(out)
    folder = out / "tiny-nfnet"
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(safetensors_bytes(model.state_dict(), {"format": "pt"}))
    config = {"architecture": "dm_nfnet_f0", "num_classes": CLASSES, "model_args": ARGS}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    for size in range(2):
        whole = timm.create_model(f"dm_nfnet_f{size}", num_classes=0)
        print(f"F{size} without a classifier:", sum(p.numel() for p in whole.parameters()), "parameters")


main()
