"""CLIP with a ResNet as image tower, from open_clip: as tensors, and as the TorchScript archive that OpenAI's release is.

Weights are rounded to half precision where the release has them so; both sides compute with the rounded ones in fp32.
"""
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg, convert_weights_to_fp16

from golden_file import GoldenFile, directory, outlets, randomize, write_archive

SEED = 20210228
CONTEXT, VOCABULARY, SIZE = 12, 40, 64
ARCHIVE = "open-clip-resnet.pt"


def make(seed, vision, text):
    model = CLIP(18, CLIPVisionCfg(image_size=SIZE, patch_size=None, **vision),
                 CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, **text), quick_gelu=True).eval()
    randomize(model, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        model.logit_scale.fill_(1.7)
        for bare in (model.positional_embedding, model.text_projection, model.visual.attnpool.positional_embedding):
            bare.copy_(torch.randn(bare.shape, generator=generator) * 0.3)
    convert_weights_to_fp16(model)
    return model, generator


def put(golden, model, prefix, tokens, pixels):
    handles = outlets(golden, model, ["visual.layer4"], f"mid.{prefix}")
    with torch.no_grad():
        golden.put(f"out.{prefix}image_features", model.encode_image(pixels))
        for handle in handles:
            handle.remove()
        golden.put(f"out.{prefix}image_embeds", model.encode_image(pixels, normalize=True))
        golden.put(f"out.{prefix}text_embeds", model.encode_text(tokens, normalize=True))


def main():
    out = directory(__doc__)
    start, end = VOCABULARY - 2, VOCABULARY - 1
    tokens = torch.tensor([[start, 5, 2, 31, end] + [0] * 7, [start, 8, end] + [0] * 9,
                           [start] + list(range(20, 30)) + [end]])
    golden = GoldenFile(
        "open-clip-resnet.safetensors", SEED, "{}", packages=("torch", "open_clip_torch"),
        keys="weights.* as open_clip names them, some in half precision; in.tokens [3,12], in.pixels [2,3,64,64] (half) ->"
             " mid.visual.layer4 (the last feature map), out.image_features, out.image_embeds and out.text_embeds"
             " (L2-normalised); mid.archive_*, out.archive_*: the same of the model in open-clip-resnet.pt, which"
             " torch.jit.save wrote and whose heads are 64 wide, as OpenAI's all are.",
    )
    model, generator = make(SEED, dict(layers=[2, 1, 1, 1], width=4, head_width=32), dict(width=24, heads=3, layers=1))
    pixels = torch.randn(2, 3, SIZE, SIZE, generator=generator).half()
    golden.put("in.tokens", tokens)
    golden.put("in.pixels", pixels)
    golden.weights(model)
    put(golden, model.float(), "", tokens, pixels.float())

    archive, _ = make(
        SEED + 10, dict(layers=[1, 2, 1, 1], width=2, head_width=64),
        dict(width=64, heads=1, layers=1, mlp_ratio=0.25))
    write_archive(archive, out / ARCHIVE)
    put(golden, archive.float(), "archive_", tokens, pixels.float())
    golden.write(out)


if __name__ == "__main__":
    main()
