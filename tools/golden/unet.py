"""diffusers' UNet2DConditionModel as Stable Diffusion 1, as Stable Diffusion 2, and as small as one's own."""
import torch
from diffusers import UNet2DConditionModel

from golden_file import GoldenFile, directory, outlets, randomize

SEED = 20220822

VARIANTS = {
    # attention_head_dim is, for these models, the NUMBER of heads; projections around the blocks are 1x1 convolutions
    "unet-sd1": ((6, 10), dict(
        block_out_channels=(8, 12), layers_per_block=2, norm_num_groups=4, cross_attention_dim=16,
        attention_head_dim=2, use_linear_projection=False,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    )),
    # heads per block, and linear projections
    "unet-sd2": ((6, 10), dict(
        block_out_channels=(8, 12), layers_per_block=2, norm_num_groups=4, cross_attention_dim=20,
        attention_head_dim=[2, 3], use_linear_projection=True,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    )),
    # three levels, one residual block each, attention in the lower two, as one trains at home
    "unet-small": ((4, 12), dict(
        block_out_channels=(8, 8, 12), layers_per_block=1, norm_num_groups=4, cross_attention_dim=16,
        attention_head_dim=[1, 2, 3], use_linear_projection=True,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )),
}


def write(name, size, variant, seed, out):
    model = UNet2DConditionModel(in_channels=4, out_channels=4, sample_size=16, **variant)
    randomize(model, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    latent = torch.randn(2, 4, *size, generator=generator)
    timesteps = torch.tensor([17, 803])
    tokens = torch.randn(2, 7, variant["cross_attention_dim"], generator=generator)

    golden = GoldenFile(
        f"{name}.safetensors", seed, model.to_json_string(),
        keys="in.latent [2,4,h,w], in.timesteps [2], in.tokens [2,7,cross] -> mid.time_proj, mid.time_embedding,"
             " mid.conv_in, mid.down_blocks.N (and its parts), mid.mid_block, mid.up_blocks.N, mid.conv_norm_out"
             " -> out.predicted [2,4,h,w]. out.one_timestep: the same with timestep 500 for both.",
    )
    golden.weights(model)
    golden.put("in.latent", latent)
    golden.put("in.timesteps", timesteps)
    golden.put("in.tokens", tokens)

    levels = range(len(variant["block_out_channels"]))
    names = ["time_proj", "time_embedding", "conv_in", "conv_norm_out", "mid_block",
             "mid_block.resnets.0", "mid_block.attentions.0"]
    names += [f"down_blocks.{i}" for i in levels] + [f"up_blocks.{i}" for i in levels]
    first = next(i for i in levels if "CrossAttn" in variant["down_block_types"][i])
    names += [f"down_blocks.{first}.{part}" for part in (
        "resnets.0", "attentions.0", "attentions.0.proj_in", "attentions.0.transformer_blocks.0",
        "attentions.0.transformer_blocks.0.attn1", "attentions.0.transformer_blocks.0.attn2",
        "attentions.0.transformer_blocks.0.ff")]
    names += ["up_blocks.0.resnets.0"]

    handles = outlets(golden, model, names)
    golden.put("out.predicted", model(latent, timesteps, tokens).sample)
    for h in handles:
        h.remove()
    golden.put("out.one_timestep", model(latent, 500, tokens).sample)
    golden.write(out)


def main(out):
    for i, (name, (size, variant)) in enumerate(VARIANTS.items()):
        write(name, size, variant, SEED + 10 * i, out)


if __name__ == "__main__":
    main(directory(__doc__))
