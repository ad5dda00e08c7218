"""Two tiny folders as Karlo is published, and what UnCLIPPipeline and UnCLIPImageVariationPipeline make of them.

All weights are random. One generator draws all noise, in the order of the stages, so that a seed names it."""
import inspect
import pathlib
import shutil
import warnings

import numpy
import PIL.Image
import torch
from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel, UnCLIPImageVariationPipeline, \
    UnCLIPPipeline, UnCLIPScheduler
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from safetensors.torch import load_file
from transformers import CLIPImageProcessor, CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer, \
    CLIPVisionConfig, CLIPVisionModelWithProjection

from assembled_unets import BLOCKS
from golden_file import GoldenFile, directory, randomize, safetensors_bytes
from pipeline import write_tokenizer

SEED = 20221203
KEYS = ("{}; mid.text_embedding, mid.image_embedding; mid.tokens and mid.time of text_proj, without the picture first; for"
        " PART in prior, decoder, super_res: mid.PART.in and mid.PART.out [calls, ...] of the networks, mid.PART.x0"
        " [steps, ...] the clipped data of each step; mid.small of the decoder, -1 to 1; out.picture [1,32,32,3] 0 to 1")
WIDTH = 12  # of the text tower and of the embeddings
PARTS = ("prior", "decoder", "super_res")
LARGEST_ROUNDING = 2e-5  # a fifth of what the tests allow
PROMPT, STEPS, GUIDANCE = "a red bird on a small tree", (4, 4, 3), (4.0, 8.0)


def components(vocabulary):
    prior = PriorTransformer(num_attention_heads=2, attention_head_dim=8, num_layers=1, embedding_dim=WIDTH,
                             num_embeddings=77, additional_embeddings=4)
    decoder = UNet2DConditionModel(
        **BLOCKS, sample_size=8, in_channels=3, out_channels=6, layers_per_block=1, block_out_channels=(4, 8),
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn", attention_head_dim=4, cross_attention_dim=10,
        class_embed_type="identity")
    upsampler = dict(
        BLOCKS, sample_size=32, in_channels=6, out_channels=3, layers_per_block=1, block_out_channels=(4, 8),
        down_block_types=("ResnetDownsampleBlock2D",) * 2, up_block_types=("ResnetUpsampleBlock2D",) * 2,
        add_attention=False)
    return dict(
        prior=prior, decoder=decoder,
        text_encoder=CLIPTextModelWithProjection(CLIPTextConfig(
            vocab_size=vocabulary, hidden_size=WIDTH, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=77, hidden_act="quick_gelu", projection_dim=WIDTH, bos_token_id=vocabulary - 2,
            eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1)),
        text_proj=UnCLIPTextProjModel(clip_embeddings_dim=WIDTH, time_embed_dim=16, cross_attention_dim=10),
        super_res_first=UNet2DModel(**upsampler), super_res_last=UNet2DModel(**upsampler))


def schedulers():
    common = dict(num_train_timesteps=1000)
    return dict(
        prior_scheduler=UnCLIPScheduler(**common, variance_type="fixed_small_log", prediction_type="sample",
                                        clip_sample_range=5.0),
        decoder_scheduler=UnCLIPScheduler(**common, variance_type="learned_range"),
        super_res_scheduler=UnCLIPScheduler(**common, variance_type="fixed_small_log"))


def vision():
    tower = CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=WIDTH, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, image_size=16,
        patch_size=8, hidden_act="quick_gelu", projection_dim=WIDTH))
    return dict(image_encoder=randomize(tower, SEED + 20), feature_extractor=CLIPImageProcessor(
        size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16}))


def as_published(folder):
    """The tokenizer in its own two files, the same bytes of weights from every run."""
    shutil.rmtree(folder / "tokenizer")
    write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    for path in sorted(folder.rglob("*.safetensors")):
        path.write_bytes(safetensors_bytes(load_file(path), {"format": "pt"}))
    print(folder.name, sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()), "bytes")


class Told:
    """What the parts of a pipeline are told and give, call by call; decoder and prior for the empty caption first."""

    def __init__(self, pipeline):
        self.inputs, self.outputs, self.x0 = ({name: [] for name in PARTS} for _ in range(3))
        self.text_proj, self.arrived = None, {}
        for name in PARTS:
            if hasattr(pipeline, name):
                getattr(pipeline, name).register_forward_hook(self.network(name), with_kwargs=True)
            if hasattr(pipeline, name + "_scheduler"):
                self.scheduler(name, getattr(pipeline, name + "_scheduler"))
        pipeline.text_proj.register_forward_hook(self.projection, with_kwargs=True)
        for name in ("super_res_first", "super_res_last"):
            getattr(pipeline, name).register_forward_hook(self.network("super_res"), with_kwargs=True)

    def network(self, name):
        def hook(_, args, kwargs, output):
            self.inputs[name].append((args[0] if args else kwargs["sample"]).clone())
            self.outputs[name].append(output[0].clone())
        return hook

    def scheduler(self, name, scheduler):
        plain = scheduler.step

        def step(*args, **kwargs):
            result = plain(*args, **kwargs)
            self.x0[name].append(result.pred_original_sample.clone())
            self.arrived[name] = result.prev_sample
            return result
        scheduler.step = step

    def projection(self, _, __, kwargs, output):
        self.text_proj = kwargs, output

    def write(self, golden):
        kwargs, (tokens, time) = self.text_proj
        golden.put("mid.text_embedding", kwargs["prompt_embeds"][1:])
        golden.put("mid.image_embedding", kwargs["image_embeddings"])
        golden.put("mid.tokens", tokens)
        golden.put("mid.time", time)
        golden.put("mid.small", self.arrived["decoder"].clamp(-1, 1))
        for name in PARTS:
            if self.x0[name]:
                golden.put(f"mid.{name}.x0", torch.stack(self.x0[name]))
            if name != "prior":
                golden.put(f"mid.{name}.in", torch.stack(self.inputs[name]))
                golden.put(f"mid.{name}.out", torch.stack(self.outputs[name]))


def in_float64(pipeline, call, scheduler=UnCLIPScheduler):
    """The same pipeline's picture with all networks in float64, from the same noise; schedulers keep their own rounding."""
    modules = [inspect.getmodule(type(pipeline)), inspect.getmodule(scheduler)]
    plain = modules[0].randn_tensor
    parts = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    try:
        for module in modules:
            module.randn_tensor = lambda shape, generator=None, device=None, dtype=None, layout=None: plain(
                shape, generator=generator, device=device, dtype=torch.float32).to(dtype)
        for part in parts:
            part.double()
        return call()
    finally:
        for module in modules:
            module.randn_tensor = plain
        for part in parts:
            part.float()


def write(golden, out, pipeline, call):
    """What a call tells and gives, and beside it how far float32 is from float64 by itself."""
    exact = in_float64(pipeline, call)
    told = Told(pipeline)
    picture = call()
    rounding = float(numpy.abs(exact - picture).max())
    print(golden.name, "float32 from float64:", rounding)
    if rounding > LARGEST_ROUNDING:
        raise ValueError(f"{golden.name}: float32 alone moves the picture by {rounding}; take tamer weights")
    golden.metadata["float32_from_float64"] = f"{rounding:.1e}"
    told.write(golden)
    golden.put("out.picture", torch.from_numpy(numpy.ascontiguousarray(picture)))
    golden.write(out)


def main(out):
    warnings.filterwarnings("ignore")
    folder, variations = pathlib.Path(out) / "tiny-karlo", pathlib.Path(out) / "tiny-karlo-variations"
    for place in (folder, variations):
        shutil.rmtree(place, ignore_errors=True)
    vocabulary = write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    parts = components(vocabulary)
    for i, model in enumerate(parts.values()):
        randomize(model, SEED + i)
    with torch.no_grad():  # of the size that Karlo's embeddings have, so that neither hides
        generator = torch.Generator().manual_seed(SEED + 10)
        parts["prior"].clip_mean.copy_(0.3 * torch.randn(1, WIDTH, generator=generator))
        parts["prior"].clip_std.copy_(torch.rand(1, WIDTH, generator=generator) + 0.5)
    pipeline = UnCLIPPipeline(tokenizer=tokenizer, **parts, **schedulers())
    pipeline.save_pretrained(folder)
    as_published(folder)

    pipeline.set_progress_bar_config(disable=True)
    golden = GoldenFile(
        "pipeline-karlo.safetensors", SEED, folder=folder.name,
        request=dict(prompt=PROMPT, seed=7, steps=STEPS, guidance=GUIDANCE),
        keys=KEYS.format("in.tokens"))
    golden.put("in.tokens", tokenizer(PROMPT, padding="max_length", max_length=77, return_tensors="pt").input_ids)
    write(golden, out, pipeline, lambda: pipeline(
        PROMPT, generator=torch.Generator().manual_seed(7), prior_num_inference_steps=STEPS[0],
        decoder_num_inference_steps=STEPS[1], super_res_num_inference_steps=STEPS[2],
        prior_guidance_scale=GUIDANCE[0], decoder_guidance_scale=GUIDANCE[1], output_type="np").images)

    write_tokenizer(variations / "tokenizer", "<|endoftext|>")
    seen = vision()
    others = {name: parts[name] for name in ("decoder", "text_encoder", "text_proj", "super_res_first",
                                             "super_res_last")}
    plan = {name: value for name, value in schedulers().items() if name != "prior_scheduler"}
    varying = UnCLIPImageVariationPipeline(tokenizer=tokenizer, **others, **seen, **plan)
    varying.save_pretrained(variations)
    as_published(variations)
    varying.set_progress_bar_config(disable=True)
    golden = GoldenFile(
        "pipeline-karlo-variations.safetensors", SEED, folder=variations.name,
        request=dict(seed=11, steps=STEPS[1:], guidance=GUIDANCE[1]),
        keys=KEYS.format("in.picture [20,24,3] 0..255"))
    source = torch.randint(0, 256, (20, 24, 3), generator=torch.Generator().manual_seed(SEED + 30))
    golden.put("in.picture", source)
    write(golden, out, varying, lambda: varying(
        PIL.Image.fromarray(source.numpy().astype("uint8")), generator=torch.Generator().manual_seed(11),
        decoder_num_inference_steps=STEPS[1], super_res_num_inference_steps=STEPS[2],
        decoder_guidance_scale=GUIDANCE[1], output_type="np").images)


if __name__ == "__main__":
    main(directory(__doc__))
