"""Texts of different lengths that transformers writes at once, with left padding, over the tiny folders of language_models.py.

    pip install torch==2.10.0 transformers==5.23.0
    python tools/golden/abreast.py

abreast.safetensors  in.ids.<i>, one prompt each, <family>.end [1] -> <family>.greedy.<i>, <family>.<patience>.<beams>.<i>: what
                     was written after each prompt
"""
import torch
from transformers import AutoModelForCausalLM

from golden_file import GOLDEN, GoldenFile, directory

SEED = 20261128
FAMILIES = ("llama", "gpt-neox", "opt", "mpt")
LENGTHS = (9, 1, 23, 4, 9)
PATIENCE = {"until_full": True, "until_unlikely": False, "until_hopeless": "never"}


@torch.no_grad()
def main(out):
    generator = torch.Generator().manual_seed(SEED)
    prompts = [torch.randint(3, 61, (length,), generator=generator) for length in LENGTHS]
    longest = max(LENGTHS)
    ids = torch.stack([torch.nn.functional.pad(prompt, (longest - len(prompt), 0)) for prompt in prompts])
    mask = torch.stack([torch.arange(longest) >= longest - length for length in LENGTHS]).long()
    golden = GoldenFile(
        "abreast.safetensors", SEED, packages=("torch", "transformers"),
        keys="in.ids.<i>, <family>.end [1] -> <family>.greedy.<i>, <family>.<patience>.<beams>.<i>, without in.ids")
    for i, prompt in enumerate(prompts):
        golden.put(f"in.ids.{i}", prompt)
    for family in FAMILIES:
        model = AutoModelForCausalLM.from_pretrained(GOLDEN / f"tiny-{family}", dtype=torch.float32).eval()
        together = dict(attention_mask=mask, max_new_tokens=12, do_sample=False, pad_token_id=0)
        greedy = model.generate(ids, **together, eos_token_id=None)[:, longest:]
        # a token that some texts meet early and others late or never
        tokens, counts = greedy[:, 2:9].unique(return_counts=True)
        end = int(tokens[counts.argsort(stable=True)[len(counts) // 2]])
        golden.put(f"{family}.end", [end])

        def put(name, written):
            lengths = []
            for i, row in enumerate(written[:, longest:].tolist()):
                row = row[:row.index(end) + 1] if end in row else row
                lengths.append(len(row))
                golden.put(f"{family}.{name}.{i}", row)
            print(family, name, "lengths", lengths)

        put("greedy", model.generate(ids, **together, eos_token_id=end))
        for name, early in PATIENCE.items():
            for beams in (2, 3):
                put(f"{name}.{beams}", model.generate(ids, **together, eos_token_id=end, num_beams=beams,
                                                      early_stopping=early))
    golden.write(out)


main(directory(__doc__))
