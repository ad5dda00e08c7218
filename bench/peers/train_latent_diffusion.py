"""diffusers' UNet2DConditionModel on latents and text embeddings made beforehand: noise, MSE, AdamW, EMA; samples per second."""
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor

from training_step import arguments, config_of, measure


def main():
    parser = arguments(__doc__, size=16)
    parser.add_argument("--tokens", type=int, default=77, help="length of the text")
    parser.add_argument("--prediction", choices=("epsilon", "v_prediction"), default="v_prediction")
    a = parser.parse_args()
    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_config(config_of(a.config))
    if a.attention == "plain":
        unet.set_attn_processor(AttnProcessor())
    scheduler = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                              prediction_type=a.prediction)
    latents = torch.randn(a.batch, unet.config.in_channels, a.size, a.size)
    text = torch.randn(a.batch, a.tokens, unet.config.cross_attention_dim)

    def loss_of(model):
        noise = torch.randn_like(latents)
        t = torch.randint(0, 1000, (a.batch,))
        target = noise if a.prediction == "epsilon" else scheduler.get_velocity(latents, noise, t)
        noised = scheduler.add_noise(latents, noise, t).contiguous(memory_format=torch.channels_last)
        return torch.nn.functional.mse_loss(model(noised, t, text).sample.float(), target)

    measure(a, "train_latent_diffusion", unet, loss_of, 1e-4)


if __name__ == "__main__":
    main()
