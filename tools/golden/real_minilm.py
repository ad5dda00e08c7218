"""What ONNX Runtime makes of the export that runs/minilm.sh converts, for RealMiniLmTest:

    pip install onnxruntime==1.32.0 transformers==5.23.0
    python tools/golden/real_minilm.py trained/minilm model.onnx

Writes onnx.safetensors beside the weights, after a look at what transformers computes with them.
"""
import argparse
import json
import pathlib

import numpy
import onnxruntime
import torch
from transformers import BertModel, BertTokenizer

from golden_file import safetensors_bytes

TEXTS = ["A man is eating food.", "A man is eating a piece of bread.", "A cheetah is running behind its prey.",
         "Crème brûlée, 中文 and five", "a red apple on white"]

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("onnx")
asked = parser.parse_args()
batch = BertTokenizer.from_pretrained(asked.folder)(TEXTS, padding=True, return_tensors="pt")
session = onnxruntime.InferenceSession(asked.onnx)
inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "token_type_ids": torch.zeros_like(batch.input_ids)}
exported = torch.from_numpy(session.run(None, {k: v.numpy().astype(numpy.int64) for k, v in inputs.items()})[0])
with torch.no_grad():
    model = BertModel.from_pretrained(asked.folder, add_pooling_layer=False).eval()
    states = model(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state
seen = batch.attention_mask.unsqueeze(2)
print("transformers differs by", float(((states - exported) * seen).abs().max()))
mean = torch.nn.functional.normalize((exported * seen).sum(1), dim=1)
(asked.folder / "onnx.safetensors").write_bytes(safetensors_bytes(
    {"states": (exported * seen).contiguous(), "embedding": mean}, {"texts": json.dumps(TEXTS)}))
