"""What StableDiffusionPipeline draws with the tiny folder when its scheduler_config.json and model_index.json say other things.

Each case is a scheduler_config.json without other keys than those set, the class that model_index.json names, and the scheduler
that is then made of the pipeline's own with from_config, if any. The pictures are those of `generate` in open_in_diffusers.py.
"""
import json
import pathlib
import shutil
import tempfile

import diffusers
import torch
from diffusers import StableDiffusionPipeline

from golden_file import GOLDEN, GoldenFile, directory

REQUEST = dict(prompt="a red bird on a small tree", negative_prompt="a blue cube", num_inference_steps=10,
               guidance_scale=5.0, height=24, width=32)
SEED = 7
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")

# name: class in the file, class in the index, keys, the class that is asked for instead
CASES = {
    "ddim-old-file": ("DDIM", "DDIM", {}, None),
    "ddim-offset-0-clipped": ("DDIM", "DDIM", dict(clip_sample=True, steps_offset=0), None),
    "ddim-threshold": ("DDIM", "DDIM", dict(thresholding=True, sample_max_value=1.5), None),
    "ddpm": ("DDPM", "DDPM", {}, None),
    "pndm-defaults": ("PNDM", "PNDM", {}, None),
    "pndm-plms-trailing": ("PNDM", "PNDM", dict(skip_prk_steps=True, timestep_spacing="trailing"), None),
    "lms-karras": ("LMSDiscrete", "LMSDiscrete", dict(use_karras_sigmas=True), None),
    "euler-defaults": ("EulerDiscrete", "EulerDiscrete", {}, None),
    "euler-leading": ("EulerDiscrete", "EulerDiscrete", dict(timestep_spacing="leading"), None),
    "euler-beta": ("EulerDiscrete", "EulerDiscrete", dict(use_beta_sigmas=True), None),
    "euler-ancestral": ("EulerAncestralDiscrete", "EulerAncestralDiscrete", {}, None),
    "heun-exponential": ("HeunDiscrete", "HeunDiscrete", dict(use_exponential_sigmas=True), None),
    "dpm-defaults": ("DPMSolverMultistep", "DPMSolverMultistep", {}, None),
    "dpm-karras-sde": ("DPMSolverMultistep", "DPMSolverMultistep",
                       dict(use_karras_sigmas=True, algorithm_type="sde-dpmsolver++"), None),
    "dpm-lu-order-3": ("DPMSolverMultistep", "DPMSolverMultistep", dict(use_lu_lambdas=True, solver_order=3), None),
    "unipc-defaults": ("UniPCMultistep", "UniPCMultistep", {}, None),
    "unipc-karras-order-3": ("UniPCMultistep", "UniPCMultistep", dict(use_karras_sigmas=True, solver_order=3), None),
    "index-says-euler": ("DDIM", "EulerDiscrete", dict(steps_offset=1, clip_sample=True), None),
    "index-says-pndm": ("DPMSolverMultistep", "PNDM", dict(skip_prk_steps=True), None),
    "pndm-named-ddim": ("PNDM", "PNDM", dict(skip_prk_steps=True), "DDIM"),
    "pndm-named-ddim-unclipped": ("PNDM", "PNDM", dict(clip_sample=True, steps_offset=0), "DDIM"),
    "pndm-named-euler": ("PNDM", "PNDM", dict(timestep_spacing="leading", use_karras_sigmas=True), "EulerDiscrete"),
    "singlestep-named-dpm": ("DPMSolverSinglestep", "DPMSolverSinglestep", dict(solver_order=3), "DPMSolverMultistep"),
    "kdpm-named-unipc": ("KDPM2Discrete", "KDPM2Discrete", dict(steps_offset=4), "UniPCMultistep"),
    "deis-named-ddim": ("DEISMultistep", "DEISMultistep", dict(clip_sample=False), "DDIM"),
}


def draw(folder, written, indexed, keys, asked):
    text = json.dumps({"_class_name": written + "Scheduler", **SD, **keys}, indent=1)
    (folder / "scheduler" / "scheduler_config.json").write_text(text)
    index = json.loads((folder / "model_index.json").read_text())
    index["scheduler"] = ["diffusers", indexed + "Scheduler"]
    (folder / "model_index.json").write_text(json.dumps(index))
    pipeline = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    if asked:
        pipeline.scheduler = getattr(diffusers, asked + "Scheduler").from_config(pipeline.scheduler.config)
    picture = pipeline(**REQUEST, generator=torch.Generator("cpu").manual_seed(SEED), output_type="np").images[0]
    return text, torch.from_numpy((picture * 255).round().astype("float32"))


def main(out):
    golden = GoldenFile(
        "pipeline-schedulers.safetensors", SEED, folder="tiny-stable-diffusion", request=REQUEST,
        keys="out.CASE.pixels [24,32,3] 0..255; the metadata's `cases` has each one's scheduler_config.json, the class in"
             " model_index.json and the class asked for instead.")
    cases = {}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place) / "model"
        shutil.copytree(GOLDEN / "tiny-stable-diffusion", folder)
        for name, case in CASES.items():
            text, pixels = draw(folder, *case)
            golden.put(f"out.{name}.pixels", pixels)
            cases[name] = {"scheduler_config": text, "model_index": case[1] + "Scheduler", "asked": case[3] or ""}
    golden.metadata["cases"] = json.dumps(cases)
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
