"""A checkpoint as PyTorch Lightning leaves it of a training of Stable Diffusion: the weights under `state_dict`, and beside them its
own notes, among them a class as a key and numbers of numpy. `torch_lightning.ckpt`; the values are 0, 1, 2 …
"""
import sys
import types

import numpy
import torch

from golden_file import directory

out = directory(__doc__)
for name in ("pytorch_lightning", "pytorch_lightning.callbacks", "pytorch_lightning.callbacks.model_checkpoint"):
    sys.modules[name] = types.ModuleType(name)
ModelCheckpoint = type("ModelCheckpoint", (), {"__module__": "pytorch_lightning.callbacks.model_checkpoint"})
sys.modules["pytorch_lightning.callbacks.model_checkpoint"].ModelCheckpoint = ModelCheckpoint
torch.save({
    "epoch": 3,
    "global_step": 470000,
    "pytorch-lightning_version": "1.4.2",
    "state_dict": {"model.diffusion_model.out.2.weight": torch.arange(6.0).reshape(2, 3)},
    "callbacks": {ModelCheckpoint: {"monitor": "val/loss", "best_model_score": torch.tensor(0.5),
                                    "current_score": numpy.float64(0.25), "best_model_path": "a/b.ckpt"}},
    "optimizer_states": [], "lr_schedulers": [{"last_lr": [numpy.float32(1e-4)]}],
}, out / "torch_lightning.ckpt")
