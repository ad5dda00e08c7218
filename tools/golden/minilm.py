"""Sentence encoders in the shape of BERT, tiny and random, with WordPiece tokenizers made here: two folders of
transformers, what they compute, the same weights as PyTorch exports them to ONNX, and the ids of hard strings.

    pip install transformers==5.23.0 tokenizers==0.23.3 onnx==1.23.2
    python tools/golden/minilm.py

tiny-minilm/           uncased, tokenizer.json; with sentence-transformers' 1_Pooling
tiny-bert-cased/       cased, vocab.txt with tokenizer_config.json
tiny-minilm-onnx/      the first, exported, as transformers.js has it
minilm.safetensors     ids, mask [3,16] -> out.<folder> [3,16,width]; out.embedding [3,16] of the first; padding is not compared
wordpiece.jsonl.gz     [text, words of the first, its ids, ids of the second], without start and end, a line; the first names versions
"""
import gzip
import io
import json
import random
import shutil
from collections import Counter

import onnx
import tokenizers
import torch
import transformers
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, BertTokenizer, PreTrainedTokenizerFast

from golden_file import GoldenFile, directory, randomize, safetensors_bytes
from t5 import strings
from tokenizer import WORDS

SEED = 20200225
CONTEXT = 16
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PROMPTS = ["A photo of a corgi riding a bike in Times Square.", "Crème brûlée, 中文 and ﬁve", "a" + " very" * 40 + " long text"]


def tokenizer(lower):
    """Of letters, whole words and their ends; trained pieces differ from run to run."""
    normalizer, split = normalizers.BertNormalizer(lowercase=lower), pre_tokenizers.BertPreTokenizer()
    words = [w for line in WORDS for w, _ in split.pre_tokenize_str(normalizer.normalize_str(line))]
    counts = Counter("".join(words))
    letters = sorted(counts, key=lambda c: (-counts[c], c))[:130]
    longer = sorted({w for w in words if len(w) > 1})
    pieces = [*SPECIAL, *letters, *("##" + c for c in letters), *longer[::3], *sorted({"##" + w[2:] for w in longer[::2] if len(w) > 3})]
    made = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(dict.fromkeys(pieces))}, unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = normalizer, split
    made.add_special_tokens(SPECIAL)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", made.token_to_id("[CLS]")), ("[SEP]", made.token_to_id("[SEP]"))])
    return made


def hard():
    rng = random.Random(SEED + 1)
    special = ["[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "[mask]", "##a", "[", "]"]
    odd = [0x0, 0x7, 0xad, 0xfffd, 0x85, 0x130, 0x131, 0x3a3, 0x1c89, 0x166d, 0x180e, 0x2028, 0x3000, 0x4e00, 0x9fff, 0x2b820,
           0x2b920, 0x2f800, 0xf900, 0x3400, 0x1735, 0x111c9, 0x2e43, 0x10eab, 0x11938, 0x1e944, 0xe000, 0x378, 0xe0001, 0x1f468,
           0x200d, 0xfe0f, 0x301, 0x323, 0x344, 0xac00, 0xfb01, 0x1e9e, 0x24, 0x5e, 0x60, 0x2b, 0xa7, 0xb6, 0x16ea0, 0x105c9]
    yield from strings()
    yield "a" * 100
    yield "a" * 101 + " a"
    for _ in range(1400):
        parts = []
        for _ in range(rng.randint(1, 6)):
            kind = rng.random()
            if kind < 0.4:
                parts.append(rng.choice(WORDS))
            elif kind < 0.5:
                parts.append(rng.choice(special))
            elif kind < 0.75:
                parts.append("a" + chr(rng.choice(odd)) + "b")
            else:
                point = rng.randrange(0x20, 0x20000)
                parts.append("e" + (chr(point) if not 0xd800 <= point < 0xe000 else "") + "\u0301x")
            parts.append(rng.choice(["", " ", "  ", "\t", "\u00a0", "\u3000"]))
        yield "".join(parts)


def bert(vocabulary, **more):
    return BertModel(BertConfig(vocab_size=vocabulary + 3, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24,
                                max_position_embeddings=20, attn_implementation="eager", **more)).eval()


class Exported(BertModel):
    """BertModel without what PyTorch's exporter cannot trace."""

    def forward(self, input_ids, attention_mask):
        x = self.embeddings(input_ids=input_ids)
        mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        return self.encoder(x, attention_mask=mask).last_hidden_state


def main(out):
    first, second, exported = out / "tiny-minilm", out / "tiny-bert-cased", out / "tiny-minilm-onnx"
    for folder in (first, second, exported):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    uncased = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(True), model_max_length=CONTEXT, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", mask_token="[MASK]")
    uncased.backend_tokenizer.save(str(first / "tokenizer.json"))
    (first / "tokenizer_config.json").write_text(json.dumps(dict(tokenizer_class="BertTokenizer", model_max_length=CONTEXT)))
    (first / "1_Pooling").mkdir()
    (first / "1_Pooling/config.json").write_text(json.dumps(dict(
        word_embedding_dimension=16, pooling_mode_cls_token=False, pooling_mode_mean_tokens=True, pooling_mode_max_tokens=False)))
    pieces = tokenizer(False).get_vocab()
    (second / "vocab.txt").write_text("".join(piece + "\n" for piece in sorted(pieces, key=pieces.get)))
    (second / "tokenizer_config.json").write_text(json.dumps(dict(
        tokenizer_class="BertTokenizer", do_lower_case=False, model_max_length=CONTEXT)))
    cased = BertTokenizer.from_pretrained(str(second))

    golden = GoldenFile("minilm.safetensors", SEED, packages=("torch", "transformers"), prompts=PROMPTS,
                        keys="the three prompts, ids.<folder>, mask.<folder> [3,16] -> out.<folder> [3,16,width]; out.embedding")
    for i, (folder, words) in enumerate([(first, uncased), (second, cased)]):
        width = 16 - 4 * i
        model = randomize(bert(len(words), hidden_size=width, hidden_act=("gelu", "relu")[i]), SEED + i)
        batch = words(PROMPTS, padding="max_length", max_length=CONTEXT, truncation=True, return_tensors="pt")
        states = model(batch.input_ids, attention_mask=batch.attention_mask).last_hidden_state
        golden.put(f"ids.{folder.name}", batch.input_ids)
        golden.put(f"mask.{folder.name}", batch.attention_mask)
        golden.put(f"out.{folder.name}", states)
        model.save_pretrained(folder)
        (folder / "model.safetensors").write_bytes(safetensors_bytes(load_file(folder / "model.safetensors"), {"format": "pt"}))
        if i == 0:
            seen = batch.attention_mask.unsqueeze(2).float()
            mean = (states * seen).sum(1) / seen.sum(1)
            golden.put("out.embedding", torch.nn.functional.normalize(mean, dim=1))
            model.__class__ = Exported
            torch.onnx.export(model, (batch.input_ids, batch.attention_mask), str(exported / "model.onnx"), dynamo=False,
                              input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"])
            graph = onnx.load(exported / "model.onnx")
            for node in graph.graph.node:
                node.doc_string = ""  # where in PyTorch it came from
            onnx.save(graph, exported / "model.onnx")
            shutil.copy(first / "config.json", exported / "config.json")
            shutil.copy(first / "tokenizer.json", exported / "tokenizer.json")
            shutil.copy(first / "tokenizer_config.json", exported / "tokenizer_config.json")
    golden.write(out)

    lines = [{"versions": {m.__name__: m.__version__ for m in (transformers, tokenizers)}, "seed": SEED}]
    backend = uncased.backend_tokenizer
    for text in hard():
        parts = [w for w, _ in backend.pre_tokenizer.pre_tokenize_str(backend.normalizer.normalize_str(text))]
        lines.append([text, parts, uncased(text, add_special_tokens=False).input_ids, cased(text, add_special_tokens=False).input_ids])
    raw = "\n".join(json.dumps(line, ensure_ascii=True, separators=(",", ":")) for line in lines)
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write(raw.encode())
    (out / "wordpiece.jsonl.gz").write_bytes(buffer.getvalue())
    print(len(lines) - 1, "strings,", len(buffer.getvalue()), "bytes")


if __name__ == "__main__":
    with torch.no_grad():
        main(directory(__doc__))
