"""The loss of a network that learns the variance of the reverse step (Improved DDPM), with its gradients, computed in double
precision from torch's own distributions; only the cumulative normal distribution is GELU's approximation, as published."""
import math

import torch
from diffusers import DDPMScheduler
from torch.distributions import Normal, kl_divergence

from golden_file import GoldenFile, directory

SEED = 20210218
LAMBDA = 0.001
CASES = {
    "cosine-epsilon": dict(beta_schedule="squaredcos_cap_v2", prediction_type="epsilon"),
    "linear-v": dict(beta_schedule="linear", prediction_type="v_prediction"),
    "cosine-sample": dict(beta_schedule="squaredcos_cap_v2", prediction_type="sample"),
}
TIMESTEPS = torch.tensor([0, 0, 1, 400, 998])


def cumulative(x):
    return 0.5 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def loss(scheduler, output, x0, eps, t):
    predicts = scheduler.config.prediction_type
    betas, bars = scheduler.betas.double(), scheduler.alphas_cumprod.double()
    total = 0
    for i, step in enumerate(t.tolist()):
        bar, beta = bars[step], betas[step]
        before = bars[step - 1] if step else torch.tensor(1.0).double()
        a, s = bar.sqrt(), (1 - bar).sqrt()
        xt = a * x0[i] + s * eps[i]
        prediction, v = output[i].chunk(2)
        target = {"epsilon": eps[i], "sample": x0[i], "v_prediction": a * eps[i] - s * x0[i]}[predicts]
        simple = (prediction - target).square().mean()

        stopped = prediction.detach()
        estimate = {"epsilon": (xt - s * stopped) / a, "sample": stopped, "v_prediction": a * xt - s * stopped}[predicts]

        def posterior(data):
            if step == 0:
                return data  # what is left of it otherwise is the rounding of 1 - bar in single precision
            return (before.sqrt() * beta * data + (1 - beta).sqrt() * (1 - before) * xt) / (1 - bar)

        following = max(step, 1)
        least = ((1 - bars[following - 1]) / (1 - bars[following]) * betas[following]).log()
        log_variance = (v + 1) / 2 * beta.log() + (1 - (v + 1) / 2) * least
        predicted = Normal(posterior(estimate), (log_variance / 2).exp())
        if step:
            term = kl_divergence(Normal(posterior(x0[i]), (least / 2).exp()), predicted)
        else:
            upper = cumulative((x0[i] + 1 / 255 - predicted.loc) / predicted.scale)
            lower = cumulative((x0[i] - 1 / 255 - predicted.loc) / predicted.scale)
            upper = torch.where(x0[i] > 0.999, torch.ones_like(upper), upper)
            lower = torch.where(x0[i] < -0.999, torch.zeros_like(lower), lower)
            term = -(upper - lower).clamp(min=1e-12).log()
        total = total + simple + LAMBDA * len(betas) * term.mean() / math.log(2)
    return total / len(t)


def main(out):
    golden = GoldenFile(
        "hybrid-loss.safetensors", SEED, packages=("torch", "diffusers"), cases=CASES,
        keys="in.x0, in.eps [5,3,4,4], in.timesteps; for each case of the metadata in.CASE.predicted [5,6,4,4] (a prediction,"
             " then the variance), out.CASE.loss, out.CASE.gradient (of the loss with respect to in.CASE.predicted)")
    generator = torch.Generator().manual_seed(SEED)
    x0 = (torch.rand(5, 3, 4, 4, generator=generator) * 2.4 - 1.2).clamp(-1, 1)
    eps = torch.randn(5, 3, 4, 4, generator=generator)
    golden.put("in.x0", x0)
    golden.put("in.eps", eps)
    golden.put("in.timesteps", TIMESTEPS)
    for name, case in CASES.items():
        scheduler = DDPMScheduler(num_train_timesteps=1000, **case)
        target = {"epsilon": eps, "sample": x0, "v_prediction": scheduler.get_velocity(x0, eps, TIMESTEPS)}[
            case["prediction_type"]]
        prediction = target + 0.02 * torch.randn(5, 3, 4, 4, generator=generator)
        variance = torch.randn(5, 3, 4, 4, generator=generator) * 0.7
        output = torch.cat([prediction, variance], 1)
        golden.put(f"in.{name}.predicted", output)
        leaf = output.double().requires_grad_()
        value = loss(scheduler, leaf, x0.double(), eps.double(), TIMESTEPS)
        value.backward()
        print(name, value.item())
        golden.put(f"out.{name}.loss", value.detach().float())
        golden.put(f"out.{name}.gradient", leaf.grad.float())
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
