"""T5 encoders, tiny and random, of both kinds, with a SentencePiece tokenizer trained here: two folders of
transformers, what they compute, and the ids of hard strings.

    pip install transformers==5.23.0 tokenizers==0.23.3 sentencepiece==0.2.1
    python tools/golden/t5.py

tiny-t5/               gated GELU, as v1.1; spiece.model with NFKC's table of characters
tiny-t5-plain/         a whole T5 of the first version (ReLU; its decoder is not read); tokenizer.json with a short table
t5.safetensors         in.texts by their place in t5-tokens.jsonl.gz -> out.<folder> [3,16,width]; padding is not compared
t5-tokens.jsonl.gz     [text, ids of tiny-t5, ids of tiny-t5-plain], without the end, a line; the first line names versions and seed
"""
import gzip
import io
import json
import random
import shutil
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
import torch
import transformers
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


def strings():
    rng = random.Random(SEED + 1)
    spaces = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2009", "\u200b", "\u0085", ""]
    special = ["<extra_id_0>", "<extra_id_99>", "</s>", "<pad>", "<unk>", "<extra_id_100>", "▁", "▁▁"]
    marks = ["\u0301", "\u0308", "\u0323\u0307", "\u200d", "\ufe0f", "\u20e3"]
    yield from ["", " ", "\n\n", "▁", "a▁b", "▁a", " a ", "e\u0301", "ﾊﾞ", "ａ\u0301\u0302", "\r\na", "\u0000b", "<extra_id_0>",
                "x<extra_id_1>y z </s> w", "🙂👍🏽👨‍👩‍👧🇩🇪", "①②⑳ ㎏ ﷺ", *PROMPTS]
    for _ in range(2600):
        parts = []
        for _ in range(rng.randint(1, 8)):
            kind = rng.random()
            if kind < 0.6:
                word = rng.choice(WORDS)
            elif kind < 0.7:
                word = rng.choice(special)
            elif kind < 0.85:
                word = "".join(chr(rng.choice([rng.randrange(0x20, 0x250), rng.randrange(0x2000, 0x3400),
                                               rng.randrange(0xfb00, 0x10000), rng.randrange(0x1d400, 0x1d800)]))
                               for _ in range(rng.randint(1, 5)))
            else:
                word = rng.choice(WORDS) + rng.choice(marks) + rng.choice(WORDS)[:2]
            parts.append(word + rng.choice(spaces))
        yield "".join(parts)


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

    lines = [{"versions": {m.__name__: m.__version__ for m in (transformers, tokenizers, sentencepiece)}, "seed": SEED}]
    for text in strings():
        lines.append([text, *(t(text, add_special_tokens=False).input_ids for t in (tokenizer, short))])
    raw = "\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write(raw.encode("utf-8", "surrogatepass"))
    (out / "t5-tokens.jsonl.gz").write_bytes(buffer.getvalue())
    print(len(lines) - 1, "strings,", len(buffer.getvalue()), "bytes")


if __name__ == "__main__":
    with torch.no_grad():
        main(directory(__doc__))
