"""What training needs: AdamW, the moving average of weights, loss weights, and the losses with their gradients."""
import json
import math

import torch
from diffusers import AutoencoderKL, DDPMScheduler
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.training_utils import EMAModel, compute_snr
from transformers import CLIPConfig, CLIPModel

from golden_file import GoldenFile, directory, randomize

SEED = 20171114
STEPS = 20


def adamw(golden, generator):
    """20 steps with gradients given from outside, so that only the optimiser is tested."""
    start = {"matrix": torch.randn(3, 4, generator=generator), "bias": torch.randn(4, generator=generator)}
    gradients = {k: torch.randn(STEPS, *v.shape, generator=generator) * torch.logspace(0, -3, STEPS).view(
        -1, *[1] * v.ndim) for k, v in start.items()}
    for k in start:
        golden.put(f"in.adamw.start.{k}", start[k])
        golden.put(f"in.adamw.gradient.{k}", gradients[k])
    variants = {
        "b2-0.999": dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
        "b2-0.98": dict(lr=1e-2, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01),
        "no-decay-on-bias": dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.2),
        "warm-up": dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
        "clipped": dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
    }
    for name, hyper in variants.items():
        parameters = {k: torch.nn.Parameter(v.clone()) for k, v in start.items()}
        groups = [{"params": [p], "weight_decay": 0.0 if name == "no-decay-on-bias" and k == "bias"
                   else hyper["weight_decay"]} for k, p in parameters.items()]
        optimizer = torch.optim.AdamW(groups, foreach=False, **hyper)
        track = {k: [] for k in start}
        norms = []
        for step in range(STEPS):
            for k, p in parameters.items():
                p.grad = gradients[k][step].clone()
            if name == "clipped":
                norms.append(torch.nn.utils.clip_grad_norm_(list(parameters.values()), 1.0))
            if name == "warm-up":  # linear over 10 steps, then half a cosine to step 20
                lr = hyper["lr"] * ((step + 1) / 10 if step < 10 else 0.5 * (1 + math.cos(math.pi * (step - 10) / 10)))
                for group in optimizer.param_groups:
                    group["lr"] = lr
            optimizer.step()
            for k, p in parameters.items():
                track[k].append(p.detach().clone())
        for k in start:
            golden.put(f"out.adamw.{name}.{k}", torch.stack(track[k]))
            golden.put(f"out.adamw.{name}.exp_avg.{k}", optimizer.state[parameters[k]]["exp_avg"])
            golden.put(f"out.adamw.{name}.exp_avg_sq.{k}", optimizer.state[parameters[k]]["exp_avg_sq"])
        if norms:
            golden.put("mid.adamw.clipped.gradient_norm", torch.stack(norms))
    return variants


def ema(golden, generator):
    weights = torch.randn(12, 5, generator=generator)
    golden.put("in.ema.weights", weights)
    variants = {"constant": dict(decay=0.99, use_ema_warmup=False),
                "warm-up": dict(decay=0.99, use_ema_warmup=True, inv_gamma=1.0, power=0.75)}
    for name, hyper in variants.items():
        parameter = torch.nn.Parameter(weights[0].clone())
        average = EMAModel([parameter], **hyper)
        decays, shadows = [], []
        for row in weights[1:]:
            parameter.data.copy_(row)
            average.step([parameter])
            decays.append(average.cur_decay_value)
            shadows.append(average.shadow_params[0].clone())
        golden.put(f"mid.ema.{name}.decay", torch.tensor(decays, dtype=torch.float64))
        golden.put(f"out.ema.{name}", torch.stack(shadows))


def min_snr(golden):
    """Hang et al. 2023, as diffusers' training scripts weigh the mean squared error of each sample."""
    timesteps = torch.tensor([0, 1, 10, 100, 250, 500, 750, 900, 999])
    golden.put("in.min_snr.timesteps", timesteps)
    schedules = {
        "scaled_linear": dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
        "squaredcos_cap_v2": dict(beta_schedule="squaredcos_cap_v2"),
    }
    for name, schedule in schedules.items():
        snr = compute_snr(DDPMScheduler(**schedule), timesteps)
        clamped = torch.minimum(snr, torch.full_like(snr, 5.0))
        golden.put(f"mid.min_snr.{name}.snr", snr)
        golden.put(f"out.min_snr.{name}.epsilon", clamped / snr)
        golden.put(f"out.min_snr.{name}.v_prediction", clamped / (snr + 1))
        golden.put(f"out.min_snr.{name}.sample", clamped)


def contrastive(golden, generator):
    """CLIP's symmetric cross-entropy, from features that are not yet normalised."""
    image = torch.randn(5, 8, generator=generator).requires_grad_()
    text = torch.randn(5, 8, generator=generator).requires_grad_()
    scale = torch.tensor(math.log(1 / 0.07)).requires_grad_()
    golden.put("in.clip_loss.image_features", image)
    golden.put("in.clip_loss.text_features", text)
    golden.put("in.clip_loss.logit_scale", scale)
    i, t = (torch.nn.functional.normalize(x, dim=-1) for x in (image, text))
    logits = scale.exp() * i @ t.T
    labels = torch.arange(5)
    to_text = torch.nn.functional.cross_entropy(logits, labels)
    to_image = torch.nn.functional.cross_entropy(logits.T, labels)
    loss = (to_text + to_image) / 2
    loss.backward()
    golden.put("mid.clip_loss.logits_per_image", logits)
    golden.put("mid.clip_loss.image_to_text", to_text)
    golden.put("mid.clip_loss.text_to_image", to_image)
    golden.put("out.clip_loss", loss)
    golden.put("out.clip_loss.gradient.image_features", image.grad)
    golden.put("out.clip_loss.gradient.text_features", text.grad)
    golden.put("out.clip_loss.gradient.logit_scale", scale.grad)


def clip_model(golden, generator):
    """The whole of a CLIP: loss and the gradient of every weight."""
    tower = dict(hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2)
    config = CLIPConfig(
        text_config=dict(tower, vocab_size=20, max_position_embeddings=6, bos_token_id=18, eos_token_id=19,
                         pad_token_id=19),
        vision_config=dict(tower, image_size=8, patch_size=4), projection_dim=6)
    model = randomize(CLIPModel(config), SEED + 5).requires_grad_(True)
    with torch.no_grad():
        model.vision_model.embeddings.class_embedding.copy_(torch.randn(8, generator=generator))
    tokens = torch.tensor([[18, 3, 4, 19, 19, 19], [18, 7, 19, 19, 19, 19], [18, 1, 2, 5, 6, 19]])
    pixels = torch.randn(3, 3, 8, 8, generator=generator)
    golden.put("in.clip_model.tokens", tokens)
    golden.put("in.clip_model.pixels", pixels)
    golden.weights(model, "weights.clip_model.")
    loss = model(tokens, pixels, return_loss=True).loss
    loss.backward()
    golden.put("out.clip_model.loss", loss)
    for name, p in model.named_parameters():
        golden.put(f"out.clip_model.gradient.{name}", p.grad)
    golden.metadata["config.clip_model"] = model.config.to_json_string()


def autoencoder(golden, generator):
    """Reconstruction and KL of an AutoencoderKL, and the gradients of some of its weights."""
    moments = torch.randn(2, 8, 3, 5, generator=generator).requires_grad_()
    posterior = DiagonalGaussianDistribution(moments)
    posterior.kl().mean().backward()
    golden.put("in.kl.moments", moments)
    golden.put("mid.kl.logvar", posterior.logvar)
    golden.put("out.kl", posterior.kl())
    golden.put("out.kl.gradient.moments", moments.grad)
    clamped = torch.zeros(1, 8, 1, 2)
    clamped[0, 4, 0, 0], clamped[0, 5, 0, 1] = -40, 25  # the log-variance is held to [-30, 20]
    golden.put("in.kl_clamped.moments", clamped)
    golden.put("mid.kl_clamped.logvar", DiagonalGaussianDistribution(clamped).logvar)
    golden.put("out.kl_clamped", DiagonalGaussianDistribution(clamped).kl())

    model = AutoencoderKL(
        block_out_channels=(4, 8), down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1, latent_channels=2, norm_num_groups=2,
        sample_size=8)
    randomize(model, SEED + 6).requires_grad_(True)
    image = torch.rand(2, 3, 8, 12, generator=generator) * 2 - 1
    noise = torch.randn(2, 2, 4, 6, generator=generator)
    golden.put("in.autoencoder.image", image)
    golden.put("in.autoencoder.noise", noise)
    golden.weights(model, "weights.autoencoder.")
    posterior = model.encode(image).latent_dist
    reconstruction = model.decode(posterior.mean + posterior.std * noise).sample
    l1 = (reconstruction - image).abs().mean()
    kl = posterior.kl().mean()
    loss = l1 + 1e-2 * kl
    loss.backward()
    golden.put("mid.autoencoder.reconstruction", reconstruction)
    golden.put("mid.autoencoder.l1", l1)
    golden.put("mid.autoencoder.kl", kl)
    golden.put("out.autoencoder.loss", loss)
    for name, p in model.named_parameters():
        if any(part in name for part in ("conv_in", "conv_out", "quant_conv", "mid_block.attentions", "conv_norm")):
            golden.put(f"out.autoencoder.gradient.{name}", p.grad)
    golden.metadata["config.autoencoder"] = model.to_json_string()


def main(out):
    generator = torch.Generator().manual_seed(SEED)
    golden = GoldenFile(
        "training.safetensors", SEED,
        keys="adamw: in.adamw.start.*, in.adamw.gradient.* [20,...] -> out.adamw.VARIANT.* [20,...], the weights after"
             " each step (hyper-parameters in metadata adamw; warm-up: lr * (step+1)/10 for the first 10 of 20 steps,"
             " then half a cosine, step counted from 0; clipped: total norm at most 1 before each step, the norm before"
             " clipping in mid), and the moments at the end. ema: in.ema.weights [12,5], the first is where it starts"
             " -> out.ema.VARIANT [11,5], mid.ema.VARIANT.decay [11] (diffusers' EMAModel, decay 0.99, which ramps up"
             " as (1+n)/(10+n); warm-up: inv_gamma 1, power 0.75). min_snr: gamma 5. clip_loss: features -> loss and gradients. clip_model,"
             " autoencoder: weights.clip_model.*, weights.autoencoder.* -> out.*.loss (autoencoder: mean L1 + 0.01 *"
             " mean over the batch of posterior.kl()), out.*.gradient.*; kl: in.kl.moments -> out.kl [2], sum over"
             " all but the batch; its gradient is that of the batch's mean; kl_clamped: log-variances outside [-30,20]"
             " (compare relatively: exp(20)).",
    )
    golden.metadata["adamw"] = json.dumps(adamw(golden, generator), sort_keys=True)
    ema(golden, generator)
    min_snr(golden)
    contrastive(golden, generator)
    clip_model(golden, generator)
    autoencoder(golden, generator)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
