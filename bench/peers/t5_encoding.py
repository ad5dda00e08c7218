"""transformers' T5EncoderModel at the size of T5 v1.1, random weights: seconds for a prompt and the empty one, 77 tokens each as DeepFloyd
reads them; and what int8 of PyTorch's own (activations rounded too) does to the states."""
import argparse
import copy
import json
import statistics
import time

import torch
import transformers
from transformers import T5Config, T5EncoderModel

SIZES = {  # d_model, num_layers, num_heads, d_ff
    "small": (512, 8, 6, 1024),
    "large": (1024, 24, 16, 2816),
    "xxl": (4096, 24, 64, 10240),
}
TOKENS, VOCABULARY = 77, 32128


def similarity(states, expected):
    """The cosine of each token's state with the expected one: the mean, and the worst."""
    each = torch.nn.functional.cosine_similarity(states.float(), expected.float(), dim=-1)
    return {"cosine": round(each.mean().item(), 6), "worst": round(each.min().item(), 6)}


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="large")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="bf16")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--freeze", action="store_true", help="with --compile: weights as constants, packed beforehand")
    parser.add_argument("--compare", action="store_true", help="with the states in fp32")
    parser.add_argument("--times", type=int, default=5)
    a = parser.parse_args()
    torch.manual_seed(0)
    width, layers, heads, inner = SIZES[a.size]
    model = T5EncoderModel(T5Config(
        vocab_size=VOCABULARY, d_model=width, d_kv=64, d_ff=inner, num_layers=layers, num_heads=heads,
        feed_forward_proj="gated-gelu")).eval()
    ids = torch.randint(3, VOCABULARY - 100, (2, TOKENS))
    mask = torch.ones_like(ids)
    expected = copy.deepcopy(model)(ids, attention_mask=mask).last_hidden_state if a.compare else None
    if a.precision == "bf16":
        model = model.to(torch.bfloat16)
    if a.precision == "int8":
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    if a.freeze:
        from torch._inductor import config as inductor
        inductor.freezing = True
    run = torch.compile(model) if a.compile else model
    times = []
    for i in range(a.times + 1):
        begin = time.perf_counter()
        states = run(ids, attention_mask=mask).last_hidden_state
        if i:  # the first one warms up
            times.append(time.perf_counter() - begin)
    print(json.dumps({
        "benchmark": "t5_encoding", "size": a.size, "precision": a.precision, "compiled": a.compile, "frozen": a.freeze,
        "seconds": round(statistics.median(times), 3), "best": round(min(times), 3),
        **(similarity(states, expected) if a.compare else {}),
        "torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
