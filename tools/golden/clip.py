"""transformers' CLIPModel: with OpenAI's QuickGELU, and with the plain GELU of the open models that SD 2 uses."""
import torch
from transformers import CLIPConfig, CLIPModel

from golden_file import GoldenFile, directory, outlets, randomize

SEED = 20210226
CONTEXT, VOCABULARY = 12, 100

VARIANTS = {
    # As OpenAI and SD 1: the end token is the last of the vocabulary, and pads
    "clip-quickgelu": dict(
        act="quick_gelu", end=VOCABULARY - 1, pad=VOCABULARY - 1,
        text=dict(hidden_size=24, intermediate_size=56, num_hidden_layers=2, num_attention_heads=3),
        vision=dict(hidden_size=16, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2),
        prompts=[[5, 2, 61, 7], [88, 13], [2, 40, 41, 42, 43, 44, 45, 46, 97, 3]],
    ),
    # As OpenCLIP and SD 2: padded with 0; here a token was added after the end token, so the end is not the largest id
    "clip-gelu": dict(
        act="gelu", end=VOCABULARY - 2, pad=0,
        text=dict(hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=2),
        vision=dict(hidden_size=20, intermediate_size=40, num_hidden_layers=2, num_attention_heads=5),
        prompts=[[5, 2, 61, 7], [88, VOCABULARY - 1, 13], [2, 40, 41, 42, 43, 44, 45, 46, 97, 3]],
    ),
}


def write(name, variant, seed, out):
    start, end = 90, variant["end"]
    text = dict(variant["text"], vocab_size=VOCABULARY, max_position_embeddings=CONTEXT, hidden_act=variant["act"],
                bos_token_id=start, eos_token_id=end, pad_token_id=variant["pad"], projection_dim=18)
    vision = dict(variant["vision"], image_size=16, patch_size=8, hidden_act=variant["act"], projection_dim=18)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=18))
    randomize(model, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    model.vision_model.embeddings.class_embedding.copy_(torch.randn(vision["hidden_size"], generator=generator))
    model.logit_scale.fill_(1.7)
    pixels = torch.randn(2, 3, 16, 16, generator=generator)
    tokens = torch.tensor([([start] + p + [end] + [variant["pad"]] * CONTEXT)[:CONTEXT] for p in variant["prompts"]])

    golden = GoldenFile(
        f"{name}.safetensors", seed, model.config.to_json_string(), packages=("torch", "transformers"),
        keys="in.tokens [3,12] (no attention mask), in.pixels [2,3,16,16] -> mid.text_model.*, mid.vision_model.*"
             " (embeddings, each layer, norms; hidden_states.N as transformers counts them: 0 = embeddings, N = after"
             " layer N-1, never normed) -> out.text_last_hidden_state, out.text_penultimate = final_layer_norm(hidden"
             " [-2]), out.text_pooled (at the first end token), out.text_embeds / out.image_embeds (L2-normalised),"
             " out.text_features / out.image_features (before that), out.logits_per_image [2,3], out.logits_per_text;"
             " out.legacy_*: the same with eos_token_id 2 in the config, which pools at the largest id.",
    )
    golden.weights(model)
    golden.put("in.tokens", tokens)
    golden.put("in.pixels", pixels)

    names = ["text_model.embeddings", "text_model.encoder.layers.0.self_attn", "text_model.encoder.layers.0.mlp",
             "vision_model.embeddings", "vision_model.pre_layrnorm", "vision_model.encoder.layers.0.self_attn",
             "vision_model.encoder.layers.0.mlp", "vision_model.post_layernorm"]
    names += [f"text_model.encoder.layers.{i}" for i in range(text["num_hidden_layers"])]
    names += [f"vision_model.encoder.layers.{i}" for i in range(vision["num_hidden_layers"])]
    handles = outlets(golden, model, names)
    output = model(tokens, pixels, return_loss=False, output_hidden_states=True)
    for h in handles:
        h.remove()

    for i, hidden in enumerate(output.text_model_output.hidden_states):
        golden.put(f"mid.text_model.hidden_states.{i}", hidden)
    for i, hidden in enumerate(output.vision_model_output.hidden_states):
        golden.put(f"mid.vision_model.hidden_states.{i}", hidden)
    golden.put("out.text_last_hidden_state", output.text_model_output.last_hidden_state)
    golden.put("out.text_penultimate",
               model.text_model.final_layer_norm(output.text_model_output.hidden_states[-2]))
    golden.put("out.text_pooled", model.text_model(tokens).pooler_output)
    golden.put("out.text_features", model.get_text_features(tokens).pooler_output)
    golden.put("out.image_features", model.get_image_features(pixels).pooler_output)
    golden.put("out.vision_last_hidden_state", output.vision_model_output.last_hidden_state)
    golden.put("out.vision_pooled", model.vision_model(pixels).pooler_output)
    golden.put("out.text_embeds", output.text_embeds)
    golden.put("out.image_embeds", output.image_embeds)
    golden.put("out.logits_per_image", output.logits_per_image)
    golden.put("out.logits_per_text", output.logits_per_text)

    legacy = CLIPModel(CLIPConfig(text_config=dict(text, eos_token_id=2), vision_config=vision, projection_dim=18))
    legacy.load_state_dict(model.state_dict())
    legacy.eval().requires_grad_(False)
    output = legacy(tokens, pixels)
    golden.put("out.legacy_text_pooled", legacy.text_model(tokens).pooler_output)
    golden.put("out.legacy_text_embeds", output.text_embeds)
    golden.put("out.legacy_logits_per_image", output.logits_per_image)
    golden.write(out)


def main(out):
    for i, (name, variant) in enumerate(VARIANTS.items()):
        write(name, variant, SEED + 10 * i, out)


if __name__ == "__main__":
    main(directory(__doc__))
