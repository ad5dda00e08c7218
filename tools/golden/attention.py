"""Attention as published models have it: T5, LLaMA, MPT and IDEFICS, each with its own positions, norms and widths."""
import torch
from transformers import IdeficsConfig, LlamaConfig, MptConfig, T5Config
from transformers.models.gpt_neox.modeling_gpt_neox import apply_rotary_pos_emb
from transformers.models.idefics.modeling_idefics import IdeficsAttention
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaRotaryEmbedding
from transformers.models.mpt.modeling_mpt import MptAttention, build_mpt_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention

from golden_file import GoldenFile, directory, randomize

SEED = 20170612


def hidden(*shape):
    return (torch.arange(shape[1])[None, :] > torch.arange(shape[0])[:, None])[None, None]


def additive(forbidden):
    return torch.zeros(forbidden.shape).masked_fill(forbidden, torch.finfo(torch.float32).min)


def t5(golden, generator):
    """Inner width 3 x 4 of 10, no biases, no scaling, learned biases by distance."""
    config = T5Config(d_model=10, d_kv=4, num_heads=3, relative_attention_num_buckets=8,
                      relative_attention_max_distance=20, is_decoder=False, attn_implementation="eager")
    module = randomize(T5Attention(config, has_relative_attention_bias=True), SEED + 1)
    x = torch.randn(2, 40, 10, generator=generator)
    keep = torch.ones(2, 40, dtype=torch.bool)
    keep[1, 31:] = False
    golden.weights(module, "weights.t5.")
    golden.put("in.t5.x", x)
    golden.put("in.t5.mask", keep)
    golden.put("out.t5", module(x, mask=additive(~keep[:, None, None]))[0])
    distances = torch.arange(-300, 301)
    for name, both in (("both", True), ("back", False)):
        golden.put(f"out.t5.buckets_{name}", T5Attention._relative_position_bucket(distances, both, 32, 128))


def llama(golden, generator):
    """Queries and keys turned by their places."""
    config = LlamaConfig(hidden_size=12, num_attention_heads=2, num_key_value_heads=2, head_dim=6,
                         max_position_embeddings=64, attn_implementation="eager")
    module = randomize(LlamaAttention(config, 0), SEED + 2)
    x = torch.randn(2, 9, 12, generator=generator)
    places = LlamaRotaryEmbedding(config)(x, torch.arange(9)[None])
    golden.weights(module, "weights.llama.")
    golden.put("in.llama.x", x)
    golden.put("out.llama", module(x, places, additive(hidden(9, 9)))[0])
    # GPT-NeoX turns a part of each head
    heads = torch.randn(2, 3, 9, 10, generator=generator)
    golden.put("in.rotary.heads", heads)
    golden.put("out.rotary", apply_rotary_pos_emb(heads, heads, *places)[0])


def mpt(golden, generator):
    """Scores lowered by distance; three heads, which are no power of two."""
    config = MptConfig(d_model=12, n_heads=3, max_seq_len=32)
    module = randomize(MptAttention(config), SEED + 3)
    x = torch.randn(2, 9, 12, generator=generator)
    for name, part in zip("qkv", module.Wqkv.weight.chunk(3)):
        golden.put(f"weights.mpt.{name}.weight", part)
    golden.put("weights.mpt.out_proj.weight", module.out_proj.weight)
    golden.put("in.mpt.x", x)
    golden.put("out.mpt", module(x, build_mpt_alibi_tensor(3, 9), attention_mask=hidden(9, 9))[0])


def idefics(golden, generator):
    """Over the features of a picture, of another width; each head's queries and keys normalised."""
    config = IdeficsConfig(hidden_size=12, num_attention_heads=2, vision_config={"embed_dim": 7},
                           attn_implementation="eager")
    module = IdeficsAttention(12, 2, is_cross_attention=True, config=config, qk_layer_norms=True, layer_idx=0)
    randomize(module, SEED + 4)
    with torch.no_grad():
        for norm in (module.q_layer_norm, module.k_layer_norm):
            norm.weight.copy_(1 + 0.3 * torch.randn(6, generator=generator))
    x = torch.randn(2, 5, 12, generator=generator)
    features = torch.randn(2, 8, 7, generator=generator)
    golden.weights(module, "weights.idefics.")
    golden.put("in.idefics.x", x)
    golden.put("in.idefics.features", features)
    golden.put("out.idefics", module(x, key_value_states=features)[0])


def main(out):
    golden = GoldenFile(
        "attention.safetensors", SEED, packages=("torch", "transformers"),
        keys="weights.MODEL. of one attention layer, in.MODEL.x [2,n,width] -> out.MODEL. t5: with in.t5.mask,"
             " true where tokens are; out.t5.buckets_* for the distances -300 to 300 of 32 buckets up to 128."
             " llama: causal; in.rotary.heads, of which 6 numbers of 10 are turned. mpt: causal. idefics: over"
             " in.idefics.features.")
    generator = torch.Generator().manual_seed(SEED)
    for model in (t5, llama, mpt, idefics):
        model(golden, generator)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
