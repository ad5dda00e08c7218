"""Opens a CLIP that Zeuxis saved in transformers and compares what `zeuxis classify --json` says of pictures.

    ./zeuxis classify a.png b.png --clip FOLDER --labels "a cat,a dog" --json > zeuxis.jsonl
    python tools/golden/open_in_transformers.py FOLDER --labels "a cat,a dog" --compare zeuxis.jsonl
"""
import argparse
import json

import torch
from PIL import Image
from transformers import AutoTokenizer, CLIPImageProcessor, CLIPModel


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--labels", required=True)
    parser.add_argument("--compare", required=True, help="what zeuxis classify --json printed")
    a = parser.parse_args()
    labels = a.labels.split(",")
    model = CLIPModel.from_pretrained(a.folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(a.folder)
    processor = CLIPImageProcessor.from_pretrained(a.folder)
    words = tokenizer(labels, padding="max_length", truncation=True, return_tensors="pt")
    largest = 0.0
    with torch.no_grad():
        for line in open(a.compare, encoding="utf-8"):
            theirs = json.loads(line)
            picture = Image.open(theirs["image"]).convert("RGBA")
            opaque = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
            pixels = processor(opaque, return_tensors="pt")["pixel_values"]
            out = model(input_ids=words["input_ids"], pixel_values=pixels)
            cosines = (out.image_embeds @ out.text_embeds.T)[0]
            for found in theirs["labels"]:
                here = cosines[labels.index(found["label"])].item()
                largest = max(largest, abs(here - found["cosine"]))
    print(f"largest difference of a cosine: {largest:.2e}")


if __name__ == "__main__":
    main()
