"""diffusers' AutoencoderKL: L1 + KL, with the latent sampled, AdamW, EMA; samples per second."""
import torch
from diffusers import AutoencoderKL
from diffusers.models.attention_processor import AttnProcessor

from training_step import arguments, config_of, measure

KL_WEIGHT = 1e-6


class Reconstruction(torch.nn.Module):
    """Encodes, samples and decodes in one forward, so that it compiles as one."""

    def __init__(self, autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, images):
        posterior = self.autoencoder.encode(images).latent_dist
        return self.autoencoder.decode(posterior.sample()).sample, posterior.kl()


def main():
    a = arguments(__doc__, size=64).parse_args()
    torch.manual_seed(0)
    autoencoder = AutoencoderKL.from_config(config_of(a.config))
    if a.attention == "plain":
        autoencoder.set_attn_processor(AttnProcessor())
    images = (torch.rand(a.batch, autoencoder.config.in_channels, a.size, a.size) * 2 - 1).contiguous(
        memory_format=torch.channels_last)

    def loss_of(model):
        reconstruction, kl = model(images)
        return (reconstruction.float() - images).abs().mean() + KL_WEIGHT * kl.float().mean()

    measure(a, "train_autoencoder", Reconstruction(autoencoder), loss_of, 4.5e-6 * a.batch)


if __name__ == "__main__":
    main()
