"""transformers' CLIPModel: symmetric cross-entropy over the batch, AdamW, temperature held under 100; pairs per second."""
import math

import torch
from transformers import CLIPConfig, CLIPModel

from training_step import arguments, config_of, measure


def main():
    a = arguments(__doc__, size=None).parse_args()
    torch.manual_seed(0)
    config = CLIPConfig.from_dict(config_of(a.config))
    model = CLIPModel._from_config(config, attn_implementation="sdpa" if a.attention == "sdpa" else "eager")
    text, vision = config.text_config, config.vision_config
    a.size = vision.image_size
    end = text.eos_token_id if text.eos_token_id != 2 else text.vocab_size - 1
    tokens = torch.randint(3, text.vocab_size - 2, (a.batch, text.max_position_embeddings))
    tokens[:, text.max_position_embeddings // 2:] = end
    pixels = torch.randn(a.batch, vision.num_channels, vision.image_size, vision.image_size).contiguous(
        memory_format=torch.channels_last)

    def loss_of(run):
        return run(input_ids=tokens, pixel_values=pixels, return_loss=True).loss

    measure(a, "train_clip", model, loss_of, 5e-4, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.2,
            after=lambda m: m.logit_scale.clamp_(0, math.log(100)))


if __name__ == "__main__":
    main()
