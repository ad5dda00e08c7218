"""OpenFlamingo, tiny and random, over a language model of transformers and a CLIP of open_clip: folders with the three parts, what
they compute, and what they write greedily.

    pip install torch==2.10.0 transformers==5.23.0 open_clip_torch==3.3.0 open-flamingo==2.0.1 einops-exts
    python tools/golden/language_tokenizers.py && python tools/golden/open_flamingo_folders.py

tiny-open-flamingo-<family>/            open_flamingo.json, clip/, language-model/, checkpoint.pt
tiny-open-flamingo-<family>.safetensors in.ids [1,n], in.pixels [2,1,3,8,8] of in.images [2,8,8,3] -> out.visual [2,3,16],
    out.logits [1,n,v], out.greedy [8]; in the metadata a question about both pictures and its answer
"""
import json
import shutil

import open_clip
import torch
from open_flamingo.src.flamingo import Flamingo
from open_flamingo.src.flamingo_lm import FlamingoLMMixin
from open_flamingo.src.helpers import GatedCrossAttentionBlock, PerceiverResampler
from open_flamingo.src.utils import extend_instance
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import GPTNeoXConfig, GPTNeoXForCausalLM, MptConfig, MptForCausalLM

from golden_file import GOLDEN, GoldenFile, directory, randomize

SEED = 20230818
TOKENIZER = GOLDEN / "language-tokenizers/bytes"
TEXT = "<image>Output:a red apple<|endofchunk|><image>Output:"
QUESTION = "what colour is it?"
WIDTH, EYES = 24, 16
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])
VISION = dict(image_size=8, patch_size=4, width=EYES, layers=2, head_width=8, mlp_ratio=2.0)
WORDS = dict(context_length=6, vocab_size=514, width=8, heads=2, layers=1)

FAMILIES = {
    # of each the language model, every how many blocks, and in which form the checkpoint is kept
    "mpt": (lambda v: MptForCausalLM(MptConfig(vocab_size=v, d_model=WIDTH, n_heads=3, n_layers=2, max_seq_len=64)),
            "transformer.blocks", 1, "released"),
    "gpt-neox": (lambda v: GPTNeoXForCausalLM(GPTNeoXConfig(
        vocab_size=v, hidden_size=WIDTH, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=64, rope_parameters={"rope_type": "default", "rope_theta": 10000.0,
                                                     "partial_rotary_factor": 0.5})),
                 "gpt_neox.layers", 2, "training"),
}


def clip(folder, seed):
    """With the norm after pooling, as open_clip had it up to 2.22, when OpenFlamingo was trained: patches stay without one."""
    model = open_clip.model.CLIP(12, dict(VISION, final_ln_after_pool=True), dict(WORDS))
    randomize(model, seed)
    model.visual.output_tokens = True
    folder.mkdir(parents=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items() if k != "attn_mask"},
              folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": {
        "embed_dim": 12, "vision_cfg": VISION, "text_cfg": WORDS}, "preprocess_cfg": {}}))
    # the bytes alone, with and without the end of a word
    visible = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or b >= 174]
    rest = [b for b in range(256) if b not in visible]
    letters = [chr(b) for b in visible] + [chr(256 + i) for i in range(len(rest))]
    tokens = letters + [x + "</w>" for x in letters] + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return model


def greedy(model, pixels, ids, tokens):
    written = ids
    for _ in range(tokens):
        following = model(pixels, written, torch.ones_like(written)).logits[:, -1].argmax(-1)
        written = torch.cat((written, following[:, None]), 1)
    return written[0, ids.shape[1]:]


@torch.no_grad()
def make(out, family, seed):
    build, blocks, every, form = FAMILIES[family]
    folder = out / f"tiny-open-flamingo-{family}"
    shutil.rmtree(folder, ignore_errors=True)
    eyes = clip(folder / "clip", seed)
    tokenizer = Tokenizer.from_file(str(TOKENIZER / "tokenizer.json"))
    before = tokenizer.get_vocab_size()
    language = randomize(build(before + 6), seed + 1)  # more rows than tokens, as published ones have
    language.save_pretrained(folder / "language-model")
    (folder / "language-model/generation_config.json").unlink(missing_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TOKENIZER / name, folder / "language-model" / name)
    tokenizer.add_special_tokens(["<|endofchunk|>", "<image>"])
    end, mark = (tokenizer.token_to_id(t) for t in ("<|endofchunk|>", "<image>"))

    extend_instance(language, FlamingoLMMixin)
    language.set_decoder_layers_attr_name(blocks)
    language.resize_token_embeddings(tokenizer.get_vocab_size() + 1)  # and a token to pad with
    model = Flamingo(eyes, language, end, mark, vis_dim=EYES, cross_attn_every_n_layers=every)
    # the same parts smaller: the published sizes are fixed in the source
    model.perceiver = PerceiverResampler(dim=EYES, depth=2, dim_head=2, heads=8, num_latents=3)
    language.gated_cross_attn_layers = torch.nn.ModuleList([
        None if layer is None else GatedCrossAttentionBlock(dim=WIDTH, dim_visual=EYES, dim_head=2, heads=8)
        for layer in language.gated_cross_attn_layers])
    randomize(model.perceiver, seed + 2)
    generator = torch.Generator().manual_seed(seed + 3)
    model.perceiver.latents.copy_(torch.randn(model.perceiver.latents.shape, generator=generator))
    for i, layer in enumerate(language.gated_cross_attn_layers):
        if layer is None:
            continue
        randomize(layer, seed + 10 + i)
        layer.attn_gate.fill_(0.9 - i)
        layer.ff_gate.fill_(-0.5 + i)
    rows = language.get_input_embeddings().weight
    rows[before:] = 0.7 * torch.randn(rows[before:].shape, generator=generator)
    language.init_flamingo_layers(False)
    model.eval()
    # what OpenFlamingo's filter_state_dict_to_trainable leaves: the trained parts, and tables of tokens with what is tied to them
    state = {k: v for k, v in model.state_dict().items()
             if k.startswith("perceiver.") or ".gated_cross_attn_layer." in k
             or any(part in k for part in ("embed", "wte", "lm_head"))}
    if form == "training":
        state = {"epoch": 1, "model_state_dict": {"module." + k: v for k, v in state.items()},
                 "optimizer_state_dict": {"state": {0: {"exp_avg": torch.zeros(3)}}, "param_groups": [{"lr": 1e-4}]}}
    torch.save(state, folder / "checkpoint.pt")
    (folder / "open_flamingo.json").write_text(json.dumps({
        "clip_vision_encoder_path": "clip", "lang_encoder_path": "language-model",
        "cross_attn_every_n_layers": every}))

    ids = torch.tensor([tokenizer.encode(TEXT, add_special_tokens=False).ids])
    images = torch.randint(0, 256, (2, 8, 8, 3), generator=generator)
    pixels = ((images / 255 - MEAN) / DEVIATION).permute(0, 3, 1, 2)[None, :, None]
    asked = f"<image><image>Question:{QUESTION} Short answer:"
    answer = greedy(model, pixels, torch.tensor([tokenizer.encode(asked, add_special_tokens=False).ids]), 12).tolist()
    answer = tokenizer.decode(answer[:answer.index(end)] if end in answer else answer, skip_special_tokens=True).strip()
    golden = GoldenFile(f"tiny-open-flamingo-{family}.safetensors", seed,
                        packages=("torch", "transformers", "open_clip_torch", "open_flamingo"), text=TEXT,
                        question=QUESTION, answer=answer,
                        keys="in.ids, in.pixels -> out.visual, out.logits, out.greedy (after in.ids)")
    golden.put("in.ids", ids)
    golden.put("in.images", images)
    golden.put("in.pixels", pixels[0])
    patches = eyes.visual(pixels[0, :, 0])[1]
    golden.put("out.visual", model.perceiver(patches[None, :, None])[0])
    logits = model(pixels, ids, torch.ones_like(ids)).logits
    golden.put("out.logits", logits)
    golden.put("out.greedy", greedy(model, pixels, ids, 8))
    golden.write(out)
    # each picture must count, or the parity would say little
    for i in (0, 1):
        other = pixels.clone()
        other[:, i] += 1
        moved = (model(other, ids, torch.ones_like(ids)).logits - logits).abs().max().item()
        print(family, "picture", i, "moves logits by", moved, "answer", repr(answer))
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            print(file.relative_to(out), file.stat().st_size)


def main(out):
    for i, family in enumerate(FAMILIES):
        make(out, family, SEED + 100 * i)


main(directory(__doc__))
