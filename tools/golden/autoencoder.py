"""diffusers' AutoencoderKL: image -> moments -> latent, latent -> image."""
import torch
from diffusers import AutoencoderKL

from golden_file import GoldenFile, directory, outlets, randomize

SEED = 20220413


def main(out):
    model = AutoencoderKL(
        block_out_channels=(4, 8, 12),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
        sample_size=16,
    )
    randomize(model, SEED)
    generator = torch.Generator().manual_seed(SEED + 1)
    image = torch.rand(2, 3, 16, 24, generator=generator) * 2 - 1
    latent = torch.randn(2, 4, 4, 6, generator=generator)

    golden = GoldenFile(
        "autoencoder-kl.safetensors", SEED, model.to_json_string(),
        keys="in.image [2,3,16,24] -> mid.encoder.*, mid.moments (after quant_conv) -> out.mean, out.logvar (clamped"
             " to [-30,20]), out.std, out.mode; in.noise -> out.sample = mean + std*noise; out.kl [batch];"
             " in.latent -> mid.post_quant_conv, mid.decoder.* -> out.decoded; out.reconstruction = decode(mean)."
             " No scaling_factor is applied anywhere.",
    )
    golden.weights(model)
    golden.put("in.image", image)
    golden.put("in.latent", latent)

    blocks = lambda part, way: (
        [f"{part}.conv_in", f"{part}.mid_block.resnets.0", f"{part}.mid_block.attentions.0", f"{part}.mid_block"]
        + [f"{part}.{way}_blocks.{i}" for i in range(3)]
        + [f"{part}.{way}_blocks.0.resnets.0", f"{part}.conv_norm_out", f"{part}.conv_out"])

    handles = outlets(golden, model, blocks("encoder", "down") + ["encoder.down_blocks.0.downsamplers.0"])
    posterior = model.encode(image).latent_dist
    for h in handles:
        h.remove()
    golden.put("mid.moments", posterior.parameters)
    golden.put("out.mean", posterior.mean)
    golden.put("out.logvar", posterior.logvar)
    golden.put("out.std", posterior.std)
    golden.put("out.mode", posterior.mode())
    golden.put("out.kl", posterior.kl())
    noise = torch.randn(posterior.mean.shape, generator=generator)
    golden.put("in.noise", noise)
    golden.put("out.sample", posterior.mean + posterior.std * noise)

    handles = outlets(golden, model, ["post_quant_conv"] + blocks("decoder", "up"))
    golden.put("out.decoded", model.decode(latent).sample)
    for h in handles:
        h.remove()
    golden.put("out.reconstruction", model.decode(posterior.mean).sample)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
