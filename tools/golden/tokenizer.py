"""Makes core/src/test/resources/golden/clip-tokenizer.jsonl.gz: hard strings with the ids of the reference.

    pip install transformers==5.23.0 tokenizers==0.23.3 open_clip_torch==3.3.0
    python tools/golden/tokenizer.py

The reference is transformers' CLIPTokenizer over OpenAI's vocabulary, in three settings: "written" (special tokens
matched as written), "sd1" (Stable Diffusion 1's files) and "sd2" (padded with "!"). Lines:
  first   {"versions", "seed"}
  text    [text, ids of written, null or ids of sd1, null or ids of sd2]      without start and end
  row     {"row": text, "written": 77 ids, "sd2": 77 ids, "cut": decoded rest}
  points  {"points": [crc32 of the ids of "Q" + c + "q " + c, for each block of 256 code points]}
"""

import argparse
import gzip
import importlib.metadata
import io
import json
import os
import random
import tempfile
import zlib

import tokenizers
import transformers
from transformers import CLIPTokenizer

SEED = 20261123
START, END = "<|startoftext|>", "<|endoftext|>"
HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "..", "core", "src", "test", "resources")


def openai_merges():
    import open_clip  # here, as others take the words below without it

    path = os.path.join(os.path.dirname(open_clip.__file__), "bpe_simple_vocab_16e6.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().split("\n")[1 : 49152 - 256 - 2 + 1]


def vocabulary(merges):
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(b) for b in shown] + [chr(256 + i) for i in range(256 - len(shown))]
    tokens = letters + [c + "</w>" for c in letters] + [m.replace(" ", "") for m in merges] + [START, END]
    return {token: i for i, token in enumerate(tokens)}


def references(merges):
    def added(text):
        return {"content": text, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}

    roles = {
        "written": dict(bos_token=START, eos_token=END, unk_token=END, pad_token=END),
        "sd1": dict(bos_token=added(START), eos_token=added(END), unk_token=added(END), pad_token=END),
        "sd2": dict(bos_token=added(START), eos_token=added(END), unk_token=added(END), pad_token="!"),
    }
    result = {}
    for name, map_ in roles.items():
        with tempfile.TemporaryDirectory() as folder:
            def write(file, text):
                with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
                    out.write(text)

            write("vocab.json", json.dumps(vocabulary(merges), ensure_ascii=False))
            write("merges.txt", "#version: 0.2\n" + "\n".join(merges) + "\n")
            write("special_tokens_map.json", json.dumps(map_))
            write("tokenizer_config.json", json.dumps({"model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}))
            result[name] = CLIPTokenizer.from_pretrained(folder)
    return result


WORDS = """a photo of the cat dog's isn't They'RE we've I'M he'll she'd running beautiful intricate 8k UHD artstation
trending masterpiece (highly:1.2) [detailed] octane-render 35mm f/1.8 ISO100 café naïve Straße ŒUVRE ﬁnance Ångström
Crème brûlée coöperate jalapeño Dvořák İstanbul ISPARTA ΟΔΥΣΣΕΥΣ Σίσυφος ЁЖИК Привет мир українська ქართული Հայերեն
עברית שָׁלוֹם العربيّة مُحَمَّد हिन्दी বাংলা தமிழ் ไทยแลนด์ ພາສາລາວ မြန်မာ አማርኛ ភាសាខ្មែរ 日本語 カタカナ ﾊﾝｶｸ ひらがな 中文字符 繁體
한국어 가나다 ᄒᆞᆫ 각 𝒳𝔜ℤ ＦＵＬＬ ⅷ Ⅻ ½ ² ③ ٣٤٥ १२३ 〇 二〇二六 12345 3.14159 1e-5 0xFF 2nd 1,000,000 #hashtag @user
http://a.b/c?d=e&f=g &amp; &lt;b&gt; &#39; &nbsp; <b>bold</b> C++ .NET don''t 'twas rock'n'roll O'Neil's ''s 's 't's 'S 'LL
hello!!! wow?!? ... … — – ‘quoted’ “double” it’s `code` ~tilde~ a_b_c {x} |y| \\back ^^ $5 €9 £7 ¥3 50% ©2026 ™ ®""".split()
MARKS = [START, END, "<|StartOfText|>", "<|ENDOFTEXT|>", "<|startoftext|", "<|endof", "|>", "<|", "<<|endoftext|>>", "<|pad|>"]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u180e", "\u0085",
          "\u2028", "\u2029", "\u202f", "\u205f", "\u1680", "\u2003", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x00", "\x07",
          "\x1b", "\x7f", "\u00ad", "\u200e", "\u202e"]
EMOJI = ["😀", "😂", "❤️", "❤", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇯🇵", "1️⃣", "🧑🏿‍🚀", "☕", "✨", "🫠", "🪿", "🫨", "‼️", "🅰️", "🈶"]
JAMO = [*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3), 0x115F, 0x1160, 0xAC00, 0xAC01, 0xD7A3]
COMBINING = [*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), 0x93C, 0x94D, 0x1AB0, 0x1DC4, 0x20D0, 0x3099, 0x309A, 0xFE20]
NEW = [0x1ABF, 0x1AC1, 0x898, 0x897, 0x10EFD, 0x11930, 0x11935, 0x11938, 0x113C9, 0x11382, 0x1E08F, 0x16D67, 0x16D63, 0x1E4EC]
RANGES = [(0x20, 0x7F), (0xA0, 0x250), (0x250, 0x530), (0x530, 0x900), (0x900, 0x1100), (0x1100, 0x1200), (0x1200, 0x2000),
          (0x2000, 0x2E00), (0x2E00, 0x3400), (0x4E00, 0xA000), (0xA000, 0xAC00), (0xAC00, 0xD7A4), (0xF900, 0xFB50),
          (0xFB50, 0x10000), (0x10000, 0x11000), (0x11000, 0x12000), (0x16000, 0x17000), (0x1D000, 0x1E000), (0x1E000, 0x1F000),
          (0x1F000, 0x1FB00), (0x20000, 0x20100), (0x2F800, 0x2FA20), (0xE0000, 0xE0200), (0xFFF0, 0x10010), (0xD7F0, 0xD800),
          (0xE000, 0xE010), (0x10FFF0, 0x110000)]


def strings(rng, count):
    """Each is a few parts of one or more kinds, joined by nothing, a space or an odd space."""
    def letters(low, high, n):
        return "".join(chr(rng.randrange(low, high)) for _ in range(n))

    kinds = [
        (24, lambda: rng.choice(WORDS)),
        (5, lambda: rng.choice(WORDS).upper()),
        (4, lambda: rng.choice(SPACES)),
        (3, lambda: rng.choice(EMOJI)),
        (2, lambda: rng.choice(MARKS)),
        (4, lambda: letters(*rng.choice(RANGES), rng.randint(1, 4))),
        (2, lambda: "".join(chr(rng.choice(JAMO)) for _ in range(rng.randint(1, 4)))),
        (3, lambda: rng.choice("aeoAEOqdlıIΑωи가ऀがか") + "".join(chr(rng.choice(COMBINING)) for _ in range(rng.randint(1, 3)))),
        (1, lambda: "".join(chr(rng.choice(rng.choice([NEW, COMBINING]))) for _ in range(rng.randint(1, 4)))),
        (2, lambda: letters(0x21, 0x7F, rng.randint(1, 6))),
        (2, lambda: rng.choice("'’ʼ") + rng.choice(["s", "t", "re", "ve", "m", "ll", "d", "S", "x", ""])),
        (1, lambda: rng.choice("0123456789٣०") * rng.randint(1, 5)),
        (1, lambda: rng.choice("!?.,-_=*ha😀") * rng.randint(1, 12)),
    ]
    weights = [w for w, _ in kinds]
    makers = [m for _, m in kinds]
    seen = {""}
    yield ""
    while len(seen) < count:
        text = ""
        for _ in range(rng.randint(1, 5)):
            text += rng.choices(makers, weights)[0]() + rng.choice(["", " ", " ", rng.choice(SPACES)])
        text = "".join(c for c in text if not 0xD800 <= ord(c) < 0xE000)
        if text not in seen:
            seen.add(text)
            yield text


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--out", default=os.path.join(RESOURCES, "golden", "clip-tokenizer.jsonl.gz"))
    arguments.add_argument("--merges", default=os.path.join(
        RESOURCES, "../../main/resources/org/zeuxis/text/clip-merges.txt.gz"))
    arguments = arguments.parse_args()
    merges = openai_merges()
    reference = references(merges)
    rng = random.Random(arguments.seed)

    def ids(name, text):
        return reference[name](text, add_special_tokens=False)["input_ids"]

    lines = [{"versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__,
                           "open_clip_torch": importlib.metadata.version("open_clip_torch")}, "seed": arguments.seed}]
    for text in strings(rng, arguments.count):
        written = ids("written", text)
        lines.append([text, written, *(None if (other := ids(name, text)) == written else other for name in ("sd1", "sd2"))])
    for n in [72, 73, 74, 75, 76, 77, 78, 100, 200]:
        for word in ["cat ", "👩‍🚀", "Größe! "]:
            text = (word * n)[: n * 4]
            rows = {name: reference[name](text, padding="max_length", truncation=True, max_length=77)["input_ids"]
                    for name in ("written", "sd2")}
            cut = reference["written"].decode(ids("written", text)[75:], skip_special_tokens=True)
            lines.append({"row": text, **rows, "cut": cut})
    points = []
    for block in range(0, 0x110000, 256):
        crc = 0
        for c in range(block, block + 256):
            if not 0xD800 <= c < 0xE000:
                for i in ids("written", "Q" + chr(c) + "q " + chr(c)):
                    crc = zlib.crc32(i.to_bytes(4, "little"), crc)
        points.append(crc)
    lines.append({"points": points})

    def pack(path, text):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        buffer = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
            file.write(text.encode("utf-8"))
        with open(path, "wb") as file:
            file.write(buffer.getvalue())
        print(path, len(buffer.getvalue()), "bytes")

    pack(arguments.out, "".join(json.dumps(l, ensure_ascii=False, separators=(",", ":")) + "\n" for l in lines))
    pack(arguments.merges, "\n".join(merges) + "\n")


if __name__ == "__main__":
    main()
