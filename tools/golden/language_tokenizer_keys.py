"""Makes core/src/test/resources/golden/language-tokenizer-keys.json: what each key of a language model's tokenizer.json changes.

    python tools/golden/language_tokenizers.py && python tools/golden/language_tokenizer_keys.py

A case is one of language-tokenizers/ with one value set, or a token of the vocabulary gone; it has for each text the ids of
transformers' PreTrainedTokenizerFast, and what the ids of that text by the plain tokenizer read as; none if it fails.
"""
import copy
import importlib.metadata
import json

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from golden_file import GOLDEN, directory

TEXTS = ["a photo of a red apple", "  It's two,  three 中文 🐈‍⬛ <unk> <0x41>", "", "x ▁ y", "after</s> the end <|endoftext|> . a"]
CUT = dict(direction="Right", max_length=3, strategy="LongestFirst", stride=0)
FILLED = dict(strategy=dict(Fixed=20), direction="Right", pad_to_multiple_of=None, pad_id=1, pad_type_id=0, pad_token="<s>")
BYTES = dict(type="ByteLevel", add_prefix_space=True, trim_offsets=True, use_regex=True)
REPLACE = dict(type="Replace", pattern=dict(String="▁"), content=" ")
FALLBACK, FUSE = dict(type="ByteFallback"), dict(type="Fuse")
STRIP = dict(type="Strip", content=" ", start=1, stop=0)


def sequence(*parts):
    return dict(type="Sequence", decoders=list(parts))


CASES = [(kind, key, value) for kind in ("bytes", "characters") for key, value in [
    ("version", "1.0"), ("truncation", CUT), ("padding", FILLED), ("model/fuse_unk", True), ("model/fuse_unk", False),
    ("model/unk_token", None), ("model/dropout", 0.0), ("decoder", None), ("decoder", dict(type="WordPiece", prefix="##", cleanup=True)),
    ("decoder", dict(type="BPEDecoder", suffix="</w>")), ("decoder", FUSE)]] + [
    ("bytes", "model/unk_token", "<|endoftext|>"), ("bytes", "model/unk_token", "none of them"), ("bytes", "decoder", sequence(BYTES)),
    ("bytes", "decoder/add_prefix_space", False), ("bytes", "decoder/trim_offsets", False), ("bytes", "decoder/use_regex", False),
    ("bytes", "pre_tokenizer/trim_offsets", False), ("bytes", "decoder", sequence(REPLACE, FALLBACK, FUSE, STRIP)),
    ("bytes", "decoder", sequence(BYTES, STRIP)), ("bytes", "model/vocab/ä", "gone"),
    ("characters", "model/unk_token", "</s>"), ("characters", "decoder", BYTES),
    ("characters", "decoder", sequence(REPLACE, FALLBACK, FUSE)), ("characters", "decoder", sequence(REPLACE, FALLBACK, STRIP)),
    ("characters", "decoder", sequence(REPLACE, FUSE, STRIP)), ("characters", "decoder", sequence(FALLBACK, FUSE, STRIP)),
    ("characters", "decoder", sequence(REPLACE, FALLBACK, FUSE, {**STRIP, "start": 0})),
    ("characters", "decoder", sequence(REPLACE, FALLBACK, FUSE, {**STRIP, "start": 3})),
    ("characters", "decoder", sequence(REPLACE, FALLBACK, FUSE, {**STRIP, "stop": 1})),
    ("characters", "decoder", sequence(REPLACE, FALLBACK, FUSE, {**STRIP, "content": "a"})),
    ("characters", "decoder", sequence({**REPLACE, "content": "_"}, FALLBACK, FUSE, STRIP)),
    ("characters", "decoder", dict(type="Metaspace", replacement="▁", prepend_scheme="always", split=False)),
    ("characters", "model/vocab/<0xE4>", "gone"),
    ("characters-first", "decoder", sequence(REPLACE, FALLBACK, FUSE)),
]


def changed(whole, key, value):
    whole = copy.deepcopy(whole)
    at = whole
    *path, last = key.split("/")
    for part in path:
        at = at[part]
    if value == "gone":
        at[last + "~"] = at.pop(last)  # under another name, so that ids stay; no merge has it
    else:
        at[last] = value
    return whole


def read(whole):
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(whole)))


def main(out):
    cases, plains = [], {}
    for kind, key, value in CASES:
        whole = json.loads((GOLDEN / "language-tokenizers" / kind / "tokenizer.json").read_text())
        plain = read(whole)
        case = dict(kind=kind, key=key, value=value, ids=None, read=None)
        ids = [plain(text).input_ids for text in TEXTS]
        plains[kind] = ids
        same = [plain.decode(i, skip_special_tokens=True) for i in ids]
        try:
            t = read(changed(whole, key, value))
            case["ids"] = [t(text).input_ids for text in TEXTS]
            case["read"] = [t.decode(i, skip_special_tokens=True) for i in ids]
        except BaseException as e:  # the library panics at a Strip of nothing
            print("fails:", kind, key, value, str(e)[:100])
        case["changes"] = case["ids"] != ids or case["read"] != same
        print(kind, key, json.dumps(value, ensure_ascii=False)[:90], "changes" if case["changes"] else "")
        cases.append(case)
    made = dict(made_by="tools/golden/language_tokenizer_keys.py", texts=TEXTS, plain=plains, cases=cases,
                reference=f"tokenizers {importlib.metadata.version('tokenizers')}, "
                          f"transformers {importlib.metadata.version('transformers')}")
    (out / "language-tokenizer-keys.json").write_text(json.dumps(made, ensure_ascii=False, indent=1))


main(directory(__doc__))
