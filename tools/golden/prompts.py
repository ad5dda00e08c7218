"""What the U-Net of tiny-stable-diffusion listens to for prompts of any length, with weights in brackets and layers left out.

The chunks and the weights are AUTOMATIC1111's: 75 tokens between a begin and an end of their own, each token's state times its
weight, and the chunk brought back to the mean that it had. Its grammar is read here by recursive descent, where Zeuxis keeps
stacks; layers are left out by diffusers' own `clip_skip`.
"""
import json

import numpy
import torch
from diffusers import StableDiffusionPipeline

from golden_file import GOLDEN, GoldenFile, directory

SEED = 20220826
LONG = ", ".join(["a red bird on a small tree", "grapes in a bowl", "two small birds"] * 4)
CASES = [  # prompt, negative, clip_skip
    ("a red bird on a small tree", "a blue cube", 0),
    ("a red bird on a small tree", "a blue cube", 1),
    ("a (red:1.3) bird on a [small] tree", "a (blue) cube", 0),
    ("a (((bird:1.3)) [on] a (tree:0.5), red, (((cat))).", "", 0),
    (r"a \(red\) [bird:, ((small\] tree", "(cube: 0.25 )(blue:0.25) a:1.3) b)", 1),
    (LONG, "a blue cube", 0),
    (LONG + " (grapes:0.5) in a [[bowl]]", "(" + LONG + ":1.2) " + LONG, 1),
]


def parse(text):
    """A list of (character, weight)."""
    def run(at, closing):
        out = []
        while at < len(text):
            c = text[at]
            if c == "\\":
                at += 1
                if at < len(text) and text[at] in "()[]\\":
                    out.append((text[at], 1.0))
                    at += 1
            elif c == "(" or c == "[":
                inner, at, factor = run(at + 1, ")" if c == "(" else "]")
                out += [(d, w * factor) for d, w in inner]
            elif c == closing:
                return out, at + 1, 1.1 if c == ")" else 1 / 1.1
            elif c == ":" and closing == ")" and (end := weight_end(at)):
                return out, end, float(text[at + 1:end - 1])
            else:
                out.append((c, 1.0))
                at += 1
        return out, at, {")": 1.1, "]": 1 / 1.1, "": 1.0}[closing]

    def weight_end(at):
        end = text.find(")", at)
        inside = text[at + 1:end].strip() if end >= 0 else ""
        return end + 1 if inside and all(d in "+-.0123456789" for d in inside) else 0

    return run(0, "")[0]


def states(pipeline, prompts, skip):
    tokenizer, encoder = pipeline.tokenizer, pipeline.text_encoder
    rows = []
    for prompt in prompts:
        stretches = []
        for c, w in parse(prompt):
            if stretches and stretches[-1][1] == w:
                stretches[-1][0] += c
            else:
                stretches.append([c, w])
        ids, weights = [], []
        for text, w in stretches:
            new = tokenizer(text, add_special_tokens=False).input_ids
            ids, weights = ids + new, weights + [w] * len(new)
        rows.append([(ids[i:i + 75], weights[i:i + 75]) for i in range(0, max(len(ids), 1), 75)])
    count = max(map(len, rows))
    result = []
    for row in rows:
        row = row + [([], [])] * (count - len(row))
        chunks = []
        for ids, weights in row:
            left = 75 - len(ids)
            tokens = [tokenizer.bos_token_id] + ids + [tokenizer.eos_token_id] + [tokenizer.pad_token_id] * left
            out = encoder(torch.tensor([tokens]), output_hidden_states=True)
            z = encoder.final_layer_norm(out.hidden_states[-(skip + 1)])
            weighed = z * torch.tensor([1.0] + weights + [1.0] * (left + 1)).view(1, 77, 1)
            chunks.append(weighed * (z.mean() / weighed.mean()))
        result.append(torch.cat(chunks, 1))
    return result


@torch.no_grad()
def main(out):
    pipeline = StableDiffusionPipeline.from_pretrained(
        GOLDEN / "tiny-stable-diffusion", safety_checker=None, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    # where diffusers 0.42 looks for the last norm, transformers 5 has it no longer
    type(pipeline.text_encoder).text_model = property(lambda self: self)
    golden = GoldenFile("prompts.safetensors", SEED, folder="tiny-stable-diffusion", cases=json.dumps(CASES),
                        keys="For case i: out.i.prompt and out.i.negative [1,77n,16]; of the last one out.pixels [24,32,3],"
                             " 5 steps, guidance 5, seed 0.")
    for i, (prompt, negative, skip) in enumerate(CASES):
        positive, other = states(pipeline, [prompt, negative], skip)
        if i < 2:
            theirs, _ = pipeline.encode_prompt(prompt, "cpu", 1, False, clip_skip=skip or None)
            assert torch.allclose(positive, theirs, atol=1e-6)
        golden.put(f"out.{i}.prompt", positive)
        golden.put(f"out.{i}.negative", other)
    image = pipeline(prompt_embeds=positive, negative_prompt_embeds=other, num_inference_steps=5, guidance_scale=5.0,
                     height=24, width=32, generator=torch.Generator("cpu").manual_seed(0)).images[0]
    golden.put("out.pixels", numpy.array(image).astype("int64"))
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
