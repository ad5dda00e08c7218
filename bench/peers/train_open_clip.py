"""open_clip's CLIP and loss on the same towers: symmetric cross-entropy over the batch, AdamW; pairs per second."""
import math

import open_clip
import torch
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

from training_step import arguments, config_of, measure


def main():
    a = arguments(__doc__, size=None).parse_args()
    torch.manual_seed(0)
    config = config_of(a.config)
    text, vision = config["text_config"], config["vision_config"]
    a.size = vision["image_size"]
    model = CLIP(
        config["projection_dim"],
        CLIPVisionCfg(
            layers=vision["num_hidden_layers"], width=vision["hidden_size"],
            head_width=vision["hidden_size"] // vision["num_attention_heads"],
            mlp_ratio=vision["intermediate_size"] / vision["hidden_size"],
            patch_size=vision["patch_size"], image_size=vision["image_size"]),
        CLIPTextCfg(
            context_length=text["max_position_embeddings"], vocab_size=text["vocab_size"], width=text["hidden_size"],
            heads=text["num_attention_heads"], layers=text["num_hidden_layers"]),
        quick_gelu=text.get("hidden_act", "quick_gelu") == "quick_gelu")
    tokens = torch.randint(3, text["vocab_size"] - 2, (a.batch, text["max_position_embeddings"]))
    tokens[:, text["max_position_embeddings"] // 2:] = 0  # as open_clip's tokenizer pads
    tokens[:, text["max_position_embeddings"] // 2] = text["vocab_size"] - 1
    pixels = torch.randn(a.batch, 3, a.size, a.size).contiguous(memory_format=torch.channels_last)
    contrast = open_clip.ClipLoss()

    def loss_of(run):
        images, texts, scale = run(pixels, tokens)[:3]
        return contrast(images, texts, scale)

    measure(a, "train_open_clip", model, loss_of, 5e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2,
            after=lambda m: m.logit_scale.clamp_(0, math.log(100)))


if __name__ == "__main__":
    main()
