"""transformers writing greedily in a folder of writing_folder.py: seconds for the prompt, and tokens a second after it. An IDEFICS has
looked at its picture before the clock starts; of a language model the first forward is the prompt's.

Try --cache static with --compile, --cache dynamic without; IDEFICS decides by what is in its inputs, and is compiled in pieces."""
import argparse
import json
import statistics
import time

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, DynamicCache, IdeficsForVisionText2Text, StaticCache


def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) >> 10 for line in file if line.startswith("VmHWM"))


def looked(model):
    """What an IDEFICS is given with its words: the visual tokens of a picture, seen by every token."""
    vision = model.config.vision_config
    pixels = torch.full((1, 1, 3, vision.image_size, vision.image_size), 0.5, dtype=model.dtype)
    states = model.model.vision_model(pixel_values=pixels[:, 0]).last_hidden_state
    return dict(perceiver_embeddings=model.model.perceiver_resampler(states)[:, None])


def write(model, forward, prompt, tokens, cache, given):
    """Seconds of the prompt, and of each of the tokens after the first, and these."""
    past = StaticCache(config=model.config, max_cache_len=prompt.shape[1] + tokens) if cache == "static" \
        else DynamicCache(config=model.config)
    begin = time.perf_counter()
    ids, at, ends, written = prompt, 0, [], []
    for i in range(tokens):
        places = torch.arange(at, at + ids.shape[1])
        seen = dict(image_attention_mask=torch.ones(1, ids.shape[1], 1, dtype=torch.long),
                    attention_mask=torch.ones(1, at + ids.shape[1], dtype=torch.long)) if given else {}
        run = forward if i else model  # a prompt of another length would be compiled again
        out = run(input_ids=ids, position_ids=places[None], past_key_values=past, use_cache=True, **given, **seen)
        at += ids.shape[1]
        ids = out.logits[:, -1:].argmax(-1)
        written.append(ids.item())
        ends.append(time.perf_counter())
    return ends[0] - begin, (ends[-1] - ends[0]) / (tokens - 1), written


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--cache", choices=("static", "dynamic"), default="static")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--prompt", type=int, default=256, help="tokens")
    parser.add_argument("--tokens", type=int, default=64, help="to be written")
    parser.add_argument("--times", type=int, default=3)
    a = parser.parse_args()
    dtype = torch.bfloat16 if a.precision == "bf16" else torch.float32
    config = AutoConfig.from_pretrained(a.folder)
    idefics = config.model_type == "idefics"
    cls = IdeficsForVisionText2Text if idefics else AutoModelForCausalLM
    model = cls.from_pretrained(a.folder, dtype=dtype, attn_implementation=a.attention).eval()
    forward = torch.compile(model) if a.compile else model
    prompt = (torch.arange(a.prompt) * 7919 % config.vocab_size)[None]
    if idefics:
        prompt[0, 0] = config.vocab_size + 1  # the mark of the picture, which all see from there on
    given = looked(model) if idefics else {}
    prompts, each = [], []
    for i in range(a.times + 1):
        first, token, written = write(model, forward, prompt, a.tokens, a.cache, given)
        if i:  # the first one warms up
            prompts.append(first)
            each.append(token)
    print(json.dumps({
        "benchmark": "writing", "model": config.model_type, "precision": a.precision, "attention": a.attention, "cache": a.cache,
        "compiled": a.compile, "prompt": a.prompt, "prompt_seconds": round(statistics.median(prompts), 4),
        "tokens_per_second": round(1 / statistics.median(each), 1), "best": round(1 / min(each), 1),
        "written": written[:5], "peak_mib": peak(),
        "torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
