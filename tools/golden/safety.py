"""A tiny StableDiffusionSafetyChecker, how a pipeline is left with it on the disk, and what diffusers' own says of some pictures.

`tiny-safety/` holds `safety_checker/` and `feature_extractor/` as the published Stable Diffusion 1 has them beside its other parts.
`safety.safetensors` has pictures, their scores and verdicts. The embeddings of the concepts are those of other random pictures and the
thresholds lie within the scores, so that some pictures are flagged, some only by the stricter threshold that a concept of special care
brings about, and some not.
"""
import pathlib
import re
import sys

import torch
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPImageProcessor

from golden_file import GoldenFile, directory, randomize

SEED = 5200
PICTURES = 6
SIDE = 32


def squares(count, seed):
    """Colours, [count, 5, 6, 3] 0..255."""
    return torch.randint(0, 256, (count, 5, 6, 3), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


def pictures(count, seed):
    """Of such colours in squares of 8 pixels, [count, 40, 48, 3] 0..255."""
    return squares(count, seed).repeat_interleave(8, 1).repeat_interleave(8, 2)


def pil(batch):
    return [Image.fromarray(each.numpy()) for each in batch]


def thresholds(cosines, places):
    """For each concept, so that as many pictures lie above it as `places` says: in the middle between two."""
    ordered = cosines.sort(0, descending=True).values
    middle = (ordered[:-1] + ordered[1:]) / 2
    return torch.stack([ordered[0, i] + 0.05 if n == 0 else middle[n - 1, i] for i, n in enumerate(places)])


@torch.no_grad()
def main():
    out = directory(__doc__)
    config = CLIPConfig(vision_config=dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
                                           image_size=SIDE, patch_size=8, projection_dim=12), projection_dim=12)
    model = randomize(StableDiffusionSafetyChecker(config), SEED)
    processor = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})

    def embeddings(batch):
        pixels = processor(pil(batch), return_tensors="pt").pixel_values
        return model.visual_projection(model.vision_model(pixels)[1])

    def cosines(ours, concepts):
        return torch.nn.functional.normalize(ours) @ torch.nn.functional.normalize(concepts).T

    seen = pictures(PICTURES, SEED + 1)
    ours = embeddings(seen)
    model.concept_embeds.copy_(embeddings(pictures(17, SEED + 2)))
    model.special_care_embeds.copy_(embeddings(pictures(3, SEED + 3)))
    model.concept_embeds_weights.copy_(thresholds(cosines(ours, model.concept_embeds), [0] * 14 + [1, 2, 0]))
    model.special_care_embeds_weights.copy_(thresholds(cosines(ours, model.special_care_embeds), [1, 0, 2]))
    # one concept that only the stricter threshold of a picture with special care reaches
    special = int(cosines(ours, model.special_care_embeds)[:, 0].argmax())
    model.concept_embeds_weights[4] = cosines(ours, model.concept_embeds)[special, 4] + 0.005

    said = []
    for i in range(PICTURES):
        said.append(verdict(model, processor(pil(seen[i:i + 1]), return_tensors="pt").pixel_values))
    folder = pathlib.Path(out) / "tiny-safety"
    model.save_pretrained(folder / "safety_checker")
    processor.save_pretrained(folder / "feature_extractor")
    # as every version before transformers 5 wrote it, and as it is published
    file = folder / "safety_checker" / "model.safetensors"
    published = {re.sub("^vision_model", "vision_model.vision_model", k): v for k, v in load_file(file).items()}
    published["vision_model.vision_model.embeddings.position_ids"] = torch.arange((SIDE // 8) ** 2 + 1)[None]
    save_file(published, file, {"format": "pt"})

    golden = GoldenFile("safety.safetensors", SEED, folder="tiny-safety",
                        keys="in.squares [6,5,6,3] 0..255, each 8 pixels wide and high -> out.special [6,3], out.concepts [6,17],"
                             " out.flagged [6] 0 or 1.")
    golden.put("in.squares", squares(PICTURES, SEED + 1))
    golden.put("out.special", torch.tensor([list(s["special_scores"].values()) for s, _ in said]))
    golden.put("out.concepts", torch.tensor([list(s["concept_scores"].values()) for s, _ in said]))
    golden.put("out.flagged", torch.tensor([int(flag) for _, flag in said]))
    for s, flag in said:
        print(flag, s["special_care"], {i: float(s["concept_scores"][i]) for i in s["bad_concepts"]})
    golden.write(out)


def verdict(model, pixels):
    """What `forward` says of one picture, and the scores by which it does: those it keeps in a local variable."""
    kept = {}

    def watch(frame, event, _):
        if event == "return" and frame.f_code.co_name == "forward" and "result_img" in frame.f_locals:
            kept.update(frame.f_locals["result_img"])

    sys.setprofile(watch)
    try:
        _, flags = model(clip_input=pixels, images=[torch.zeros(1)])
    finally:
        sys.setprofile(None)
    return kept, flags[0]


if __name__ == "__main__":
    main()
