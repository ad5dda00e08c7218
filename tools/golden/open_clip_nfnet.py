"""CLIP with a tiny NFNet of timm as image tower, from open_clip."""
import functools

import timm
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

from golden_file import GoldenFile, directory, outlets, randomize

SEED = 20220429
CONTEXT, VOCABULARY, SIZE, WIDTH = 12, 40, 64, 18
ARGS = dict(depths=[1, 2, 1, 1], channels=[16, 16, 32, 32], stem_chs=16, group_size=8, num_features=24)


@torch.no_grad()
def main():
    out = directory(__doc__)
    # open_clip hands no sizes on
    timm.create_model = functools.partial(timm.create_model, **ARGS)
    model = CLIP(WIDTH, CLIPVisionCfg(image_size=SIZE, timm_model_name="dm_nfnet_f0", timm_pool=""),
                 CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, width=24, heads=3, layers=1), quick_gelu=True)
    randomize(model, SEED)
    generator = torch.Generator().manual_seed(SEED + 1)
    for name, p in model.named_parameters():
        # as drawn a block is the identity of its skip
        if name.endswith("skipinit_gain"):
            p.copy_(0.8 + 0.1 * torch.randn(p.shape, generator=generator))
        elif name.endswith(".gain"):
            p.copy_(1 + 0.2 * torch.randn(p.shape, generator=generator))
    model.logit_scale.fill_(1.7)
    for bare in (model.positional_embedding, model.text_projection):
        bare.copy_(torch.randn(bare.shape, generator=generator) * 0.3)
    start, end = VOCABULARY - 2, VOCABULARY - 1
    tokens = torch.tensor([[start, 5, 2, 31, end] + [0] * 7, [start, 8, end] + [0] * 9,
                           [start] + list(range(20, 30)) + [end]])
    pixels = torch.randn(2, 3, SIZE, SIZE, generator=generator).half()
    golden = GoldenFile(
        "open-clip-nfnet.safetensors", SEED, "{}", packages=("torch", "open_clip_torch", "timm"),
        keys="weights.* as open_clip names them; in.tokens [3,12], in.pixels [2,3,64,64] (half) -> mid.visual.trunk (the"
             " mean of the last feature map), out.image_features, out.image_embeds and out.text_embeds (L2-normalised)",
    )
    golden.put("in.tokens", tokens)
    golden.put("in.pixels", pixels)
    golden.weights(model)
    handles = outlets(golden, model, ["visual.trunk"])
    golden.put("out.image_features", model.encode_image(pixels.float()))
    for handle in handles:
        handle.remove()
    golden.put("out.image_embeds", model.encode_image(pixels.float(), normalize=True))
    golden.put("out.text_embeds", model.encode_text(tokens, normalize=True))
    golden.write(out)


if __name__ == "__main__":
    main()
