"""Makes core/src/test/resources/golden/tokenizer-keys.json: what each key of a tokenizer's files changes.

    python tools/golden/tokenizer_keys.py

The vocabulary is that of tiny-stable-diffusion. A case has the files beside it and, for each text, the 77 ids of transformers'
CLIPTokenizer as diffusers asks for them, without the padding at their end; none if it fails.
"""
import importlib.metadata
import json
import pathlib
import shutil
import tempfile

from transformers import CLIPTokenizer

from golden_file import GOLDEN, directory

VOCABULARY = GOLDEN / "tiny-stable-diffusion" / "tokenizer"
TEXTS = ["a red car", "A Red CAR !", "cat<x>cat", "cat <x> cat", "cat <X>  cat", " <x> ", "<x>", "dog<|endoftext|> ! cat",
         "<|ENDOFTEXT|>  x", "a red car by a tree " * 12 + "y z", "ca t y!", "<x><x> <x>", "foo\n<x>\tbar !! café", "!", "a!b"]
START, END = 550, 551
PLAIN = {"model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}
KEYS = [("padding_side", "left"), ("padding_side", "right"), ("truncation_side", "left"), ("truncation_side", "right"),
        ("do_lower_case", False), ("add_prefix_space", True), ("strip_accents", True), ("errors", "ignore"),
        ("clean_up_tokenization_spaces", False), ("split_special_tokens", True), ("split_special_tokens", False),
        ("add_bos_token", False), ("add_eos_token", False), ("add_bos_token", True), ("tokenizer_class", "CLIPTokenizerFast"),
        ("additional_special_tokens", ["dog"]), ("additional_special_tokens", []), ("extra_special_tokens", ["cat"]),
        ("extra_special_tokens", {"image_token": "cat"}), ("extra_special_tokens", {}), ("image_token", "cat"),
        ("model_specific_special_tokens", {"image_token": "cat"}), ("max_length", 10), ("stride", 2),
        ("truncation_strategy", "only_first"), ("pad_to_multiple_of", 8), ("pad_token_type_id", 3), ("unk_token", "!"),
        ("bos_token", "!"), ("eos_token", "!"), ("pad_token", "!"), ("sep_token", "cat"), ("mask_token", "cat"), ("cls_token", "!"),
        ("cls_token", "<|startoftext|>"), ("use_fast", False), ("legacy", True), ("chat_template", "x"), ("never_split", ["cat"]),
        ("fix_text", True), ("model_input_names", ["input_ids"]), ("do_basic_tokenize", True), ("verbose", False),
        ("trim_offsets", False), ("name_or_path", "a/b"), ("special_tokens_map_file", "x"), ("_commit_hash", "x")]
ADDED = dict(content="<x>", lstrip=False, rstrip=False, normalized=False, single_word=False, special=False)
WAYS = [{}, dict(lstrip=True), dict(rstrip=True), dict(lstrip=True, rstrip=True), dict(single_word=True), dict(normalized=True),
        dict(normalized=None), dict(normalized=None, special=True), dict(normalized=None, special=None), dict(special=True)]
DIRECTIONS = dict(padding=dict(strategy={"Fixed": 77}, pad_to_multiple_of=None, pad_id=0, pad_type_id=0, pad_token="!"),
                  truncation=dict(max_length=20, strategy="LongestFirst", stride=0))


def decoder(way):
    token = {k: v for k, v in (ADDED | way).items() if v is not None}
    start = ADDED | dict(content="<|startoftext|>", special=True)
    end = ADDED | dict(content="<|endoftext|>", special=True)
    return PLAIN | {"added_tokens_decoder": {str(START): start, str(END): end, "552": token}}


def ids(files):
    with tempfile.TemporaryDirectory() as folder:
        if "tokenizer.json" in files:
            with tempfile.TemporaryDirectory() as other:
                CLIPTokenizer.from_pretrained(VOCABULARY).save_pretrained(other)
                whole = json.loads((pathlib.Path(other) / "tokenizer.json").read_text())
            (pathlib.Path(folder) / "tokenizer.json").write_text(json.dumps(whole | files["tokenizer.json"]))
        else:
            for name in ("vocab.json", "merges.txt"):
                shutil.copy(VOCABULARY / name, folder)
        for name, content in files.items():
            if name != "tokenizer.json":
                (pathlib.Path(folder) / name).write_text(json.dumps(content))
        try:
            tokenizer = CLIPTokenizer.from_pretrained(folder)
            rows = [tokenizer(t, padding="max_length", truncation=True, max_length=77).input_ids for t in TEXTS]
        except Exception:
            return None
    for row in rows:
        while len(row) > 1 and row[-1] == row[-2] == tokenizer.pad_token_id:
            row.pop()
    return rows


def main():
    out = directory(__doc__)
    cases = [("", {"tokenizer_config.json": PLAIN})]
    cases += [(key, {"tokenizer_config.json": PLAIN | {key: value}}) for key, value in KEYS]
    cases += [("single_word", {"tokenizer_config.json": decoder(way)}) for way in WAYS]
    cases += [("additional_special_tokens", {"tokenizer_config.json": PLAIN,
                                            "special_tokens_map.json": {"additional_special_tokens": ["dog"]}}),
              ("", {"tokenizer_config.json": {"max_len": 77}})]
    for name, content in DIRECTIONS.items():
        for direction in ("Left", "Right"):
            written = {name: content | {"direction": direction}}
            cases.append((name, {"tokenizer_config.json": PLAIN, "tokenizer.json": written}))
            cases.append((name, {"tokenizer_config.json": PLAIN | {name + "_side": "right"}, "tokenizer.json": written}))
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("transformers", "tokenizers"))
    result = dict(made_by="tools/golden/tokenizer_keys.py", reference=versions, texts=TEXTS,
                  cases=[dict(key=key, files=files, ids=ids(files)) for key, files in cases])
    (out / "tokenizer-keys.json").write_text(json.dumps(result) + "\n")
    print(len(cases), "cases,", (out / "tokenizer-keys.json").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
