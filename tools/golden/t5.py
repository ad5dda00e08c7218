"""T5 encoders, tiny and random, of both kinds, with a SentencePiece tokenizer trained here: two folders of
transformers and what they compute. How hard strings are cut is t5_tokenizer.py's.

    pip install transformers==5.23.0 tokenizers==0.23.3 sentencepiece==0.2.3 protobuf==7.36.2
    python tools/golden/t5.py

tiny-t5/               gated GELU, as v1.1; spiece.model with NFKC's table of characters
tiny-t5-plain/         a whole T5 of the first version (ReLU; its decoder is not read); tokenizer.json with a short table
t5.safetensors         ids and mask [3,16] of three prompts -> out.<folder> [3,16,width]; padding is not compared
"""
import random
import shutil
import tempfile
from pathlib import Path

import sentencepiece
import torch
from transformers import T5Config, T5EncoderModel, T5ForConditionalGeneration, T5Tokenizer

from golden_file import GoldenFile, directory, randomize
from tokenizer import WORDS

SEED = 20191023
CONTEXT = 16
EXTRA = 100
PROMPTS = ["A photo of a corgi riding a bike in Times Square.", "ﬁve ① Ａpples", "a" + " very" * 40 + " long text"]


def train(folder, rules=None):
    """Pieces learned from words of many scripts, numbered as T5's are."""
    rng = random.Random(SEED)
    lines = [" ".join(rng.choices(WORDS, k=rng.randint(3, 12))) for _ in range(3000)]
    prefix = folder / "spiece"
    how = {}
    if rules:  # a short table of characters, as NFKC's would make the JSON too large
        (folder / "rules.tsv").write_text(rules)
        how = dict(normalization_rule_tsv=str(folder / "rules.tsv"))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_prefix=str(prefix), vocab_size=360, model_type="unigram",
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=0.98, num_threads=1, minloglevel=2, **how)
    return folder / "spiece.model"


def main(out):
    with tempfile.TemporaryDirectory() as temporary:
        model = train(Path(temporary))
        gated, plain = out / "tiny-t5", out / "tiny-t5-plain"
        for folder in (gated, plain):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        shutil.copy(model, gated / "spiece.model")
        tokenizer = T5Tokenizer.from_pretrained(str(gated))
        train(Path(temporary), "FB01\t66 69\nFF21\t41\n2460\t31\n65 301\tE9\n65 301 302\tE9\nA0\t20\n200B\t20\n")
        short = T5Tokenizer.from_pretrained(temporary)
        short.backend_tokenizer.save(str(plain / "tokenizer.json"))
        size = max(len(tokenizer), len(short))

    common = dict(vocab_size=size + 4, num_layers=2, relative_attention_num_buckets=8, relative_attention_max_distance=12)
    first = T5EncoderModel(T5Config(d_model=16, d_kv=6, d_ff=24, num_heads=4, feed_forward_proj="gated-gelu", **common))
    second = T5ForConditionalGeneration(
        T5Config(d_model=12, d_kv=4, d_ff=20, num_heads=3, feed_forward_proj="relu", num_decoder_layers=1, **common))
    golden = GoldenFile(
        "t5.safetensors", SEED, packages=("torch", "transformers"),
        keys="the three prompts, [3,16] ids -> out.tiny-t5, out.tiny-t5-plain [3,16,width]; mask [3,16]",
        prompts=PROMPTS)
    batch = tokenizer(PROMPTS, padding="max_length", max_length=CONTEXT, truncation=True, return_tensors="pt")
    golden.put("ids", batch.input_ids)
    golden.put("mask", batch.attention_mask)
    for i, (folder, model) in enumerate([(gated, first), (plain, second)]):
        randomize(model, SEED + i)
        for name, p in model.named_parameters():
            if "layer_norm" in name:
                p.copy_(1 + 0.3 * torch.randn(p.shape, generator=torch.Generator().manual_seed(len(name))))
        model.save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        encoder = model.get_encoder() if i else model
        golden.put(f"out.{folder.name}", encoder(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state)
    golden.write(out)


if __name__ == "__main__":
    with torch.no_grad():
        main(directory(__doc__))
