"""FID, Inception score, precision and recall by torch-fidelity, FID again by clean-fid, and CMMD by its paper's formula, of
random features; and what InceptionV3 in torch-fidelity's form has of two pictures.

InceptionV3 has 24 million weights, too many for a file here: they are made of whole numbers in a way that any language
repeats to the bit (`hashed`), and so does InceptionV3Test."""
import math
import tempfile

import numpy as np
import torch
from cleanfid.fid import frechet_distance
from cleanfid.resize import build_resizer
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric

from golden_file import GoldenFile, directory

SEED = 20151205


def features(generator, pictures, width, shift, spread):
    mixed = torch.randn(width, width, generator=generator) / math.sqrt(width) + 0.5 * torch.eye(width)
    return torch.randn(pictures, width, generator=generator) @ mixed * spread + shift


def cmmd(x, y):
    """equation 5 of https://arxiv.org/abs/2401.09603, with its sigma of 10 and scale of 1000"""
    x, y = x.double().numpy(), y.double().numpy()

    def kernel(a, b):
        return np.exp(-((a[:, None] - b[None]) ** 2).sum(-1) / (2 * 10 ** 2)).mean()

    return 1000 * (kernel(x, x) + kernel(y, y) - 2 * kernel(x, y))


def distances(out):
    generator = torch.Generator().manual_seed(SEED)
    generated = features(generator, 90, 24, 0.3, 1.2)
    real = features(generator, 120, 24, 0.0, 1.0)
    one, other = fid_features_to_statistics(generated), fid_features_to_statistics(real)
    fid = fid_statistics_to_metric(one, other, False)["frechet_inception_distance"]
    again = frechet_distance(one["mu"], one["sigma"], other["mu"], other["sigma"])
    assert abs(fid - again) < 1e-6 * fid, (fid, again)
    logits = 3 * torch.randn(101, 17, generator=generator)
    score = isc_features_to_metric(logits, splits=10, shuffle=False)
    near = prc_features_to_metric(generated, real, prc_neighborhood=3, prc_batch_size=50, save_cpu_ram=False, verbose=False)
    x = torch.nn.functional.normalize(generated, dim=-1)
    y = torch.nn.functional.normalize(real, dim=-1)
    golden = GoldenFile(
        "fidelity.safetensors", SEED, packages=("torch", "torch-fidelity", "clean-fid"),
        keys="in.generated, in.real, in.logits; results, which are single numbers of double precision, in the metadata",
        fid=repr(fid), inception_score_mean=repr(score["inception_score_mean"]),
        inception_score_deviation=repr(score["inception_score_std"]),
        precision=repr(near["precision"]), recall=repr(near["recall"]), cmmd=repr(float(cmmd(x, y))))
    golden.put("in.generated", generated)
    golden.put("in.real", real)
    golden.put("in.logits", logits)
    golden.write(out)


def hashed(count, salt):
    """numbers from 0 to 1 that look random"""
    h = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(salt) * np.uint64(40503)) % np.uint64(1 << 32)
    h ^= h >> np.uint64(15)
    h = h * np.uint64(2246822519) % np.uint64(1 << 32)
    h ^= h >> np.uint64(13)
    return h / np.float64(1 << 32)


def weight(key, shape):
    if key.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    salt = sum((i + 1) * ord(c) for i, c in enumerate(key))
    x = hashed(int(np.prod(shape)), salt).reshape(tuple(shape))
    if key.endswith("running_var"):
        x = 0.5 + x
    elif key.endswith("bn.weight"):
        x = 0.8 + 0.4 * x
    elif len(shape) == 1:
        x = 0.2 * x - 0.1
    else:
        x = (2 * x - 1) * math.sqrt(6 / np.prod(shape[1:]))
    return torch.from_numpy(x).float()


class Hashed(FeatureExtractorInceptionV3):
    def load_state_dict(self, *_):
        return super().load_state_dict({key: weight(key, value.shape) for key, value in self.state_dict().items()})


def inception(out):
    with tempfile.NamedTemporaryFile(suffix=".pth") as file:
        torch.save({}, file.name)
        model = Hashed("inception", ["2048", "logits_unbiased"], feature_extractor_weights_path=file.name)
    generator = torch.Generator().manual_seed(SEED)
    coarse = torch.rand(1, 3, 4, 5, generator=generator)
    golden = GoldenFile(
        "inception.safetensors", SEED, packages=("torch", "torch-fidelity", "clean-fid"),
        keys="in.: pictures, 0 to 255; mid.: four rows of them, resized both ways; out.: features, logits without bias")
    for name, size in {"small": (40, 52), "long": (16, 330)}.items():
        picture = torch.nn.functional.interpolate(coarse, size, mode="bicubic").clamp(0, 1).mul(255).round().to(torch.uint8)
        golden.put(f"in.{name}", picture.float())
        tensorflow = interpolate_bilinear_2d_like_tensorflow1x(picture.float(), size=(299, 299), align_corners=False)
        clean = torch.from_numpy(build_resizer("clean")(picture[0].permute(1, 2, 0).numpy())).permute(2, 0, 1)[None]
        golden.put(f"mid.{name}.tensorflow", tensorflow[:, :, 100:104])
        golden.put(f"mid.{name}.clean", clean[:, :, 100:104])
        pooled, logits = model(picture)
        golden.put(f"out.{name}.pooled", pooled)
        golden.put(f"out.{name}.logits", logits)
        x = (clean - 128) / 128
        for part in list(model.children())[:-1]:
            x = part(x)
        golden.put(f"out.{name}.clean", x.flatten(1))
    golden.write(out)


if __name__ == "__main__":
    folder = directory(__doc__)
    with torch.no_grad():
        distances(folder)
        inception(folder)
