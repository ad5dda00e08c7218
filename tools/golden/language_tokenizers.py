"""Tokenizers of language models, small: byte pairs over bytes as GPT-NeoX's, over characters with a mark for each space as LLaMA's.

    pip install tokenizers==0.23.3 transformers==5.23.0
    python tools/golden/language_tokenizers.py

language-tokenizers/<kind>/  tokenizer.json, tokenizer_config.json; of opt vocab.json, merges.txt and special_tokens_map.json instead
language-tokenizers.json     texts, their ids by each kind, and what these ids read as
"""
import importlib.metadata
import json

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import GPT2Tokenizer

from golden_file import directory

CORPUS = """a photo of a red apple and two green pears on a table . what colour is the apple ? it is red .
the small dog runs to the large house ; how many birds are in the tree ? there are three birds in it .
an image of a cat that sits beside a window , and it doesn't look at the bird that flies . output : a cat
question : which is larger ? short answer : the house is larger than the dog . we'll see what they've found""".split("\n")

TEXTS = [
    "a photo of a red apple",
    "  two  spaces,   three and a tab\tand lines\n\n  then a word ",
    "What colour is it? It's red; we'll see, they've DON'T 'tis",
    "in 2022 there were 3,141 birds",
    "<image>Output:a cat<|endofchunk|><image>Output:",
    "café café naïve — “quotes” … 中文 字 🐈‍⬛ ñ",
    "Ünïcödé ½ ² ٣ ₿",
    "",
    " ",
    "x",
    "<|endoftext|>after the end",
    "a▁b <0x41> ▁",
]
ADDED = ["<|endofchunk|>", "<image>"]  # as OpenFlamingo adds them


def over_bytes():
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=True)
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=330, special_tokens=["<|endoftext|>", "<|padding|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.add_tokens([AddedToken("  ", normalized=True), AddedToken("   ", normalized=True)])
    return t, "<|endoftext|>"


def over_characters(scheme):
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    spaced = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.normalizer = spaced
    bytes_ = [f"<0x{b:02X}>" for b in range(256)]
    trained.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    trained.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=380, special_tokens=["<unk>", "<s>", "</s>"] + bytes_, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    t = Tokenizer(models.BPE(vocab=model["vocab"], merges=[tuple(m) for m in model["merges"]], unk_token="<unk>",
                             fuse_unk=True, byte_fallback=True))
    if scheme == "each":
        t.normalizer = spaced
    else:
        t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    t.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                                   decoders.Strip(" ", 1, 0)])
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B",
                                                     special_tokens=[("<s>", t.token_to_id("<s>"))])
    t.add_special_tokens([AddedToken(x, normalized=False) for x in ("<unk>", "<s>", "</s>")])
    return t, "</s>"


def opt(folder):
    """In the files that OPT is published in, read by transformers."""
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=330, special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    folder.mkdir(parents=True, exist_ok=True)
    t.model.save(str(folder))
    end = {"content": "</s>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": True}
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "errors": "replace", "unk_token": {**end, "__type": "AddedToken"}, "bos_token": {**end, "__type": "AddedToken"},
        "eos_token": {**end, "__type": "AddedToken"}, "add_prefix_space": False, "add_bos_token": True,
        "special_tokens_map_file": None, "name_or_path": "opt", "tokenizer_class": "GPT2Tokenizer"}))
    (folder / "special_tokens_map.json").write_text(json.dumps(
        {"bos_token": end, "eos_token": end, "unk_token": end, "pad_token": "<pad>"}))
    return GPT2Tokenizer.from_pretrained(folder).backend_tokenizer, "</s>"


def main(out):
    result = {"made_by": "tools/golden/language_tokenizers.py",
              "reference": f"tokenizers {importlib.metadata.version('tokenizers')}", "texts": TEXTS}
    folders = out / "language-tokenizers"
    for kind, (t, end) in {"bytes": over_bytes(), "characters": over_characters("each"),
                           "characters-first": over_characters("first"),
                           "opt": opt(folders / "opt")}.items():
        folder = folders / kind
        if kind != "opt":
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "tokenizer.json").write_text(json.dumps(json.loads(t.to_str()), ensure_ascii=False))
            (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": end}))
        t.add_special_tokens(ADDED)
        encoded = [t.encode(text) for text in TEXTS]
        result[kind] = {
            "size": t.get_vocab_size(),
            "start": [i for i in t.encode("").ids],
            "end": t.token_to_id(end),
            "ids": [t.encode(text, add_special_tokens=False).ids for text in TEXTS],
            "read": [t.decode(e.ids, skip_special_tokens=True) for e in encoded],
        }
        print(kind, t.get_vocab_size(), [len(i) for i in result[kind]["ids"]])
    (out / "language-tokenizers.json").write_text(json.dumps(result, ensure_ascii=False, indent=1))


main(directory(__doc__))
