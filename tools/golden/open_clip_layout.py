"""open_clip's CLIP, whose names are those of OpenAI's release: as tensors, and as the TorchScript archive of that release."""
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

from golden_file import GoldenFile, directory, randomize, write_archive

SEED = 20210227
CONTEXT, VOCABULARY = 12, 100
ARCHIVE = "open-clip.pt"


def make(seed, vision, text):
    model = CLIP(18, CLIPVisionCfg(**vision), CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, **text),
                 quick_gelu=True).eval()
    randomize(model, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        model.logit_scale.fill_(1.7)
        for bare in (model.positional_embedding, model.text_projection, model.visual.proj,
                     model.visual.class_embedding, model.visual.positional_embedding):
            bare.copy_(torch.randn(bare.shape, generator=generator) * 0.3)
    return model, generator


def put(golden, model, prefix, tokens, pixels):
    golden.put(f"in.{prefix}tokens", tokens)
    golden.put(f"in.{prefix}pixels", pixels)
    with torch.no_grad():
        golden.put(f"out.{prefix}text_embeds", model.encode_text(tokens, normalize=True))
        golden.put(f"out.{prefix}image_embeds", model.encode_image(pixels, normalize=True))


def main():
    out = directory(__doc__)
    end = VOCABULARY - 1
    tokens = torch.tensor([[90, 5, 2, 61, end] + [0] * 7, [90, 88, end] + [0] * 9, [90] + list(range(40, 50)) + [end]])
    golden = GoldenFile(
        "open-clip.safetensors", SEED, "{}", packages=("torch", "open_clip_torch"),
        keys="weights.* as open_clip names them; in.tokens [3,12], in.pixels [2,3,16,16] -> out.text_embeds,"
             " out.image_embeds (L2-normalised). in.archive_* -> out.archive_*: the same of the model in open-clip.pt,"
             " which torch.jit.save wrote and whose heads are 64 wide, as OpenAI's all are.",
    )
    model, generator = make(
        SEED, dict(layers=2, width=16, head_width=8, patch_size=8, image_size=16, mlp_ratio=3.0),
        dict(width=24, heads=3, layers=2))
    golden.weights(model)
    put(golden, model, "", tokens, torch.randn(2, 3, 16, 16, generator=generator))

    archive, generator = make(
        SEED + 10, dict(layers=1, width=64, head_width=64, patch_size=4, image_size=8, mlp_ratio=0.5),
        dict(width=64, heads=1, layers=1, mlp_ratio=0.5))
    put(golden, archive, "archive_", tokens, torch.randn(2, 3, 8, 8, generator=generator))
    golden.write(out)
    write_archive(archive, out / ARCHIVE)


if __name__ == "__main__":
    main()
