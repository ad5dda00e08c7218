"""The ids of 10,000 hard strings and of every code point, by a SentencePiece tokenizer trained here and numbered as T5's.

    pip install transformers==5.23.0 tokenizers==0.23.3 sentencepiece==0.2.3 protobuf==7.36.2
    python tools/golden/t5_tokenizer.py

t5-tokenizer/          spiece.model.gz with NFKC's table of characters, and tokenizer.json.gz, which transformers makes of it
t5-tokens.jsonl.gz     its lines, ids without the end:
  first   {"versions", "seed"}
  text    [text, ids of both, null or ids of tiny-t5-plain, which t5.py makes]
  points  {"points": [crc32 of the ids of "Q" + c + "q " + c, for each block of 256 code points]}
Its pieces hold a letter of each script and its marks, so that what a text is turned into before it is cut shows in the ids.
"""
import gzip
import io
import json
import random
import tempfile
import unicodedata
import zlib
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from transformers import T5Tokenizer

from golden_file import GOLDEN, directory
from tokenizer import COMBINING, EMOJI, JAMO, NEW, RANGES, WORDS, strings

SEED = 20191024
COUNT = 10_000
PLAIN = 5  # of so many strings one is cut by tiny-t5-plain too
MARKS = ["<extra_id_0>", "<extra_id_99>", "<extra_id_100>", "<extra_id_", "</s>", "<pad>", "<unk>", "</S>", "▁", "▁▁", "▁</s>▁"]


def letters(rng):
    """What NFKC leaves of some characters of each range, and all marks."""
    some = {chr(c) for c in [*COMBINING, *JAMO, *NEW]} | set("".join(EMOJI))
    for low, high in RANGES:
        for c in rng.sample(range(low, high), min(120, high - low)):
            some |= set(unicodedata.normalize("NFKC", chr(c))) if not 0xD800 <= c < 0xE000 else set()
    return sorted(c for c in some if unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Zs", "Zl", "Zp"))


def train(folder):
    rng = random.Random(SEED)
    kept = letters(rng)
    lines = [" ".join(rng.choices(WORDS, k=rng.randint(3, 12))) for _ in range(3000)]
    lines += ["".join(rng.sample(kept, 8)) for _ in range(1500)]
    model = io.BytesIO()  # a file's name would be kept in the model
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=4000, model_type="unigram",
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0, num_threads=1, minloglevel=2, hard_vocab_limit=False)
    (folder / "spiece.model").write_bytes(model.getvalue())


def hard(rng):
    """Those by which CLIP's tokenizer is judged, with T5's own marks among them, and some that only its algorithm finds hard."""
    yield from ["", " ", "\n\n", "▁", "▁▁ ▁", "a▁b", "▁a", " a ", "\r\na", "\0b", "x<extra_id_1>y z </s> w", "a" * 3000, "ab" * 700,
                "हि" * 400, "👩‍👩‍👧‍👦" * 50, "e" + "\u0301" * 300, " " * 500 + "a" + "\u3000" * 500 + "b", "①②⑳ ㎏ ﷺ", "ﬁve Ａpples"]
    for text in strings(rng, 2 * COUNT):
        parts = [text]
        while rng.random() < 0.3:
            at = rng.randint(0, len(parts[0]))
            parts[:1] = [parts[0][:at], rng.choice(MARKS), parts[0][at:]]
        if rng.random() < 0.01:
            parts.append(rng.choice(WORDS) * rng.randint(20, 60))
        yield "".join(parts)


def pack(path, content):
    path.write_bytes(gzip.compress(content, mtime=0))
    print(path.name, path.stat().st_size, "bytes")


def main(out):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        train(folder)
        both = T5Tokenizer.from_pretrained(temporary)
        both.backend_tokenizer.save(str(folder / "tokenizer.json"))
        (out / "t5-tokenizer").mkdir(parents=True, exist_ok=True)
        for file in ("spiece.model", "tokenizer.json"):
            pack(out / "t5-tokenizer" / (file + ".gz"), (folder / file).read_bytes())
        saved = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    plain = tokenizers.Tokenizer.from_file(str(GOLDEN / "tiny-t5-plain/tokenizer.json"))

    def ids(text):
        found = both(text, add_special_tokens=False).input_ids
        if found != saved.encode(text, add_special_tokens=False).ids:
            raise ValueError(f"the two files differ over {text!r}")
        return found

    lines = [{"versions": {m.__name__: m.__version__ for m in (transformers, tokenizers, sentencepiece)}, "seed": SEED}]
    texts = list(dict.fromkeys(hard(random.Random(SEED + 1))))[:COUNT]
    for i, text in enumerate(texts):
        lines.append([text, ids(text), None if i % PLAIN else plain.encode(text, add_special_tokens=False).ids])
    points = []
    unknown = 0
    for block in range(0, 0x110000, 256):
        crc = 0
        for c in range(block, block + 256):
            if not 0xD800 <= c < 0xE000:
                found = ids("Q" + chr(c) + "q " + chr(c))
                unknown += both.unk_token_id in found
                for i in found:
                    crc = zlib.crc32(i.to_bytes(4, "little"), crc)
        points.append(crc)
    lines.append({"points": points})
    print(len(texts), "strings,", sum(both.unk_token_id in line[1] for line in lines[1:-1]), "with an unknown piece;",
          0x110000 - 0x800 - unknown, "code points without one;", len(both), "pieces")
    raw = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    pack(out / "t5-tokens.jsonl.gz", raw.encode())


if __name__ == "__main__":
    main(directory(__doc__))
