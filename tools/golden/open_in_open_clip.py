"""Opens a CLIP that Zeuxis saved for open_clip and compares what `zeuxis classify --json` says of pictures.

    ./zeuxis classify a.png b.png --clip FOLDER --labels "a cat,a dog" --json > zeuxis.jsonl
    python tools/golden/open_in_open_clip.py FOLDER --labels "a cat,a dog" --compare zeuxis.jsonl
"""
import argparse
import json

import open_clip
import torch
from PIL import Image


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--labels", required=True)
    parser.add_argument("--compare", required=True, help="what zeuxis classify --json printed")
    a = parser.parse_args()
    labels = a.labels.split(",")
    name = f"local-dir:{a.folder}"
    model, preprocess = open_clip.create_model_from_pretrained(name)
    model.eval()
    texts = model.encode_text(open_clip.get_tokenizer(name)(labels), normalize=True)
    largest = 0.0
    for line in open(a.compare, encoding="utf-8"):
        theirs = json.loads(line)
        picture = Image.open(theirs["image"]).convert("RGBA")
        opaque = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        cosines = (model.encode_image(preprocess(opaque)[None], normalize=True) @ texts.T)[0]
        for found in theirs["labels"]:
            largest = max(largest, abs(cosines[labels.index(found["label"])].item() - found["cosine"]))
    print(f"largest difference of a cosine: {largest:.2e}")


if __name__ == "__main__":
    main()
