"""Beam search of transformers over the tiny folders of language_models.py.

    pip install torch==2.10.0 transformers==5.23.0
    python tools/golden/beam_search.py

beam-search.safetensors  in.ids [9], <family>.end [1] -> <family>.<patience>.<beams>.<length penalty>, what was written after in.ids
"""
import torch
from transformers import AutoModelForCausalLM

from golden_file import GOLDEN, GoldenFile, directory

SEED = 20220416
FAMILIES = ("llama", "gpt-neox", "opt", "mpt")
PATIENCE = {"until_full": True, "until_unlikely": False, "until_hopeless": "never"}


@torch.no_grad()
def main(out):
    ids = torch.randint(3, 61, (1, 9), generator=torch.Generator().manual_seed(SEED))
    golden = GoldenFile(
        "beam-search.safetensors", SEED, packages=("torch", "transformers"),
        keys="in.ids [9], <family>.end [1] -> <family>.<patience>.<beams>.<length penalty>, without in.ids")
    golden.put("in.ids", ids[0])
    for family in FAMILIES:
        model = AutoModelForCausalLM.from_pretrained(GOLDEN / f"tiny-{family}", dtype=torch.float32).eval()
        alone = dict(attention_mask=torch.ones(1, 9), max_new_tokens=12, do_sample=False, pad_token_id=0)
        # a token that some beams meet early and others late or never
        several = model.generate(ids, **alone, num_beams=4, num_return_sequences=4, eos_token_id=None)[:, 9:]
        tokens, counts = several[:, 2:9].unique(return_counts=True)
        end = int(tokens[counts.argsort(stable=True)[len(counts) // 2]])
        golden.put(f"{family}.end", [end])
        lengths = set()
        for name, early in PATIENCE.items():
            for beams in (2, 3, 4):
                for penalty in (-1.0, 0.0, 1.0, 2.5):
                    written = model.generate(ids, **alone, eos_token_id=end, num_beams=beams,
                                             length_penalty=penalty, early_stopping=early)
                    written = written[0, 9:].tolist()
                    if end in written:
                        written = written[:written.index(end) + 1]
                    lengths.add(len(written))
                    golden.put(f"{family}.{name}.{beams}.{penalty}", written)
        print(family, "lengths", sorted(lengths))
    golden.write(out)


main(directory(__doc__))
