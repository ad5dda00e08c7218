"""What torch's CPU generator draws: the same seed must give the same picture in Java as in Python.

torch fills fewer than 16 normals one by one (and keeps the second of each Box-Muller pair for the next draw), and 16
or more in blocks; where the count is no multiple of 16 it draws the last 16 again. Both are here, and both in turn.
The blocks differ in the last digit between a CPU with AVX2 and one without (metadata: cpu_capability).
"""
import torch

from golden_file import GoldenFile, directory

SEEDS = (0, 1, 42, 2**32 + 5)


def main(out):
    golden = GoldenFile(
        "randomness.safetensors", list(SEEDS), packages=("torch",),
        keys="Each key out.SEED.* starts from a fresh generator of that seed, except the steps of out.SEED.sequence.N,"
             " which are draws in turn from one generator. randn.N = randn(N); randn.latent_first64 / _last16 = the"
             " ends of randn(1,4,64,64) flattened; rand.N; randint.HIGH = randint(0, HIGH, (9,)); randperm.N;"
             " bf16 = dtype bfloat16; float64 is stored as float32. sequence: 0 randn(3), 1 randn(4), 2 randn(16),"
             " 3 randn(2), 4 rand(5), 5 randint(0,1000,(4,)), 6 randn(35), 7 randperm(6), 8 randn(1), 9 randn(1)."
             " batch: randn(2,4,4,4), to be the same as two of randn(1,4,4,4) in turn.",
        cpu_capability="DEFAULT" if torch.backends.cpu.get_cpu_capability() == "DEFAULT" else "AVX2 or wider",
    )
    for seed in SEEDS:
        def g():
            return torch.Generator("cpu").manual_seed(seed)

        def put(key, value):
            golden.put(f"out.{seed}.{key}", value)

        for n in (1, 2, 5, 15, 16, 17, 31, 32, 100):
            put(f"randn.{n}", torch.randn(n, generator=g()))
        for n in (5, 16, 40):
            put(f"randn.bf16.{n}", torch.randn(n, generator=g(), dtype=torch.bfloat16))
            put(f"rand.{n}", torch.rand(n, generator=g()))
            put(f"rand.bf16.{n}", torch.rand(n, generator=g(), dtype=torch.bfloat16))
            put(f"randn.f64.{n}", torch.randn(n, generator=g(), dtype=torch.float64))
        latent = torch.randn(1, 4, 64, 64, generator=g()).flatten()
        put("randn.latent_first64", latent[:64])
        put("randn.latent_last16", latent[-16:])
        put("batch", torch.randn(2, 4, 4, 4, generator=g()))
        for high in (2, 1000, 2**33):
            put(f"randint.{high}", torch.randint(0, high, (9,), generator=g()))
        for n in (10, 100):
            put(f"randperm.{n}", torch.randperm(n, generator=g()))
        one = g()
        sequence = [
            torch.randn(3, generator=one), torch.randn(4, generator=one), torch.randn(16, generator=one),
            torch.randn(2, generator=one), torch.rand(5, generator=one),
            torch.randint(0, 1000, (4,), generator=one), torch.randn(35, generator=one),
            torch.randperm(6, generator=one), torch.randn(1, generator=one), torch.randn(1, generator=one),
        ]
        for i, value in enumerate(sequence):
            put(f"sequence.{i}", value)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
