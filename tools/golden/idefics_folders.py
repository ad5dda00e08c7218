"""IDEFICS of transformers, tiny and random: whole folders, what they compute, and what they write greedily.

    pip install torch==2.10.0 transformers==5.23.0 tokenizers==0.23.3
    python tools/golden/language_tokenizers.py && python tools/golden/idefics_folders.py

tiny-idefics-<kind>/             config.json, model.safetensors, tokenizer.json, preprocessor_config.json
tiny-idefics-<kind>.safetensors  in.ids [1,n], in.pixels [2,1,3,8,8] of in.images [2,8,8,3] -> out.visual, out.logits [1,n,v],
    out.greedy [8]; in the metadata a question about both pictures and its answer
"""
import json
import shutil

import torch
from tokenizers import AddedToken, Tokenizer
from transformers import IdeficsConfig, IdeficsForVisionText2Text, IdeficsImageProcessor

from golden_file import GOLDEN, GoldenFile, directory, randomize

SEED = 20230621
TOKENIZER = GOLDEN / "language-tokenizers/characters"
AROUND, MARK, END = "<fake_token_around_image>", "<image>", "<end_of_utterance>"
PICTURE = AROUND + MARK + AROUND
TEXT = f"User:{PICTURE}a red apple\nUser:{PICTURE}and what"
QUESTION = "what colour is it?"
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])

KINDS = {
    # as IDEFICS-9B is: a gate for each of the width, norms of queries and keys, a resampler, a layer before every other block
    "resampled": dict(alpha_type="vector", qk_layer_norms=True, use_resampler=True, cross_layer_interval=2, num_hidden_layers=4,
                      perceiver_config=dict(resampler_n_latents=3, resampler_depth=2, resampler_n_heads=2,
                                            resampler_head_dim=5, qk_layer_norms_perceiver=True)),
    # the other way round, and instructed
    "instruct": dict(alpha_type="float", qk_layer_norms=False, use_resampler=False, cross_layer_interval=1, num_hidden_layers=2,
                     perceiver_config=dict()),
}


def look(ids, mark, pictures):
    """Which picture each token sees: the last one before it, as IdeficsProcessor has it."""
    shown = (ids == mark).cumsum(-1)
    return torch.nn.functional.one_hot(shown, pictures + 1)[..., 1:]


def forward(model, ids, pixels, mark):
    return model(input_ids=ids, pixel_values=pixels, image_attention_mask=look(ids, mark, pixels.shape[1]),
                 attention_mask=torch.ones_like(ids), use_cache=False)


def greedy(model, ids, pixels, mark, tokens):
    written = ids
    for _ in range(tokens):
        mask = look(ids, mark, pixels.shape[1])
        mask = torch.cat((mask, mask[:, -1:].expand(-1, written.shape[1] - ids.shape[1], -1)), 1)
        logits = model(input_ids=written, pixel_values=pixels, image_attention_mask=mask,
                       attention_mask=torch.ones_like(written), use_cache=False).logits
        written = torch.cat((written, logits[:, -1].argmax(-1)[:, None]), 1)
    return written[0, ids.shape[1]:]


@torch.no_grad()
def make(out, kind, seed):
    folder = out / f"tiny-idefics-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    tokenizer = Tokenizer.from_file(str(TOKENIZER / "tokenizer.json"))
    words = tokenizer.get_vocab_size()
    further = [AROUND, MARK] + ([END] if kind == "instruct" else [])
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in further])
    tokenizer.save(str(folder / "tokenizer.json"))
    shutil.copy(TOKENIZER / "tokenizer_config.json", folder)
    mark = tokenizer.token_to_id(MARK)
    config = IdeficsConfig(
        vocab_size=words, additional_vocab_size=len(further), hidden_size=24, intermediate_size=40, num_attention_heads=3,
        max_position_embeddings=128, rms_norm_eps=1e-5,
        vision_config=dict(embed_dim=16, image_size=8, patch_size=4, intermediate_size=32, num_hidden_layers=2,
                           num_attention_heads=2), **KINDS[kind])
    model = randomize(IdeficsForVisionText2Text(config), seed)
    generator = torch.Generator().manual_seed(seed + 3)
    for key, p in model.named_parameters():
        if "norm" in key and key.endswith("weight"):
            p.copy_(1 + 0.3 * torch.randn(p.shape, generator=generator))
        if "alpha" in key:
            p.copy_(0.8 * torch.randn(p.shape, generator=generator))
        if key.endswith(("latents", "class_embedding")):
            p.copy_(torch.randn(p.shape, generator=generator))
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "preprocessor_config.json").write_text(json.dumps(IdeficsImageProcessor(image_size=8).to_dict()))

    def ids_of(text):
        return torch.tensor([tokenizer.encode(text).ids])  # <s> first

    images = torch.randint(0, 256, (2, 8, 8, 3), generator=generator)
    pixels = ((images / 255 - MEAN) / DEVIATION).permute(0, 3, 1, 2)[None]
    twice = AROUND + MARK + AROUND + MARK + AROUND
    asked = f"User:{twice}{QUESTION}" + (END if kind == "instruct" else "") + "\nAssistant:"
    end = tokenizer.token_to_id(END if kind == "instruct" else "</s>")
    answer = greedy(model, ids_of(asked), pixels, mark, 12).tolist()
    answer = tokenizer.decode(answer[:answer.index(end)] if end in answer else answer, skip_special_tokens=True)
    answer = answer.split("\nUser:")[0].strip()
    ids = ids_of(TEXT)
    golden = GoldenFile(f"tiny-idefics-{kind}.safetensors", seed, packages=("torch", "transformers", "tokenizers"), text=TEXT,
                        question=QUESTION, answer=answer,
                        keys="in.ids, in.pixels, in.images -> out.visual, out.logits, out.greedy (after in.ids)")
    golden.put("in.ids", ids)
    golden.put("in.images", images)
    golden.put("in.pixels", pixels[0][:, None])
    computed = forward(model, ids, pixels, mark)
    visual = model.model.vision_model(pixels[0]).last_hidden_state
    golden.put("out.visual", model.model.perceiver_resampler(visual) if config.use_resampler else visual)
    golden.put("out.logits", computed.logits)
    golden.put("out.greedy", greedy(model, ids, pixels, mark, 8))
    golden.write(out)
    for i in (0, 1):
        other = pixels.clone()
        other[:, i] += 1
        moved = (forward(model, ids, other, mark).logits - computed.logits).abs().max().item()
        print(kind, "picture", i, "moves logits by", moved, "answer", repr(answer))
    for file in sorted(folder.rglob("*")):
        print(file.relative_to(out), file.stat().st_size)


def main(out):
    for i, kind in enumerate(KINDS):
        make(out, kind, SEED + 100 * i)


main(directory(__doc__))
