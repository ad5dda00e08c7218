"""Two tiny folders as Karlo is published, and what UnCLIPPipeline and UnCLIPImageVariationPipeline make of them.

All weights are random. One generator draws all noise, in the order of the stages, so that a seed names it."""
import json
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
from pipeline import write_json, write_tokenizer

SEED = 20221203
WIDTH = 12  # of the text tower and of the embeddings
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


def record(golden, pipeline):
    """What each network gave, call by call; decoder and prior for the empty caption first."""
    calls = {name: [] for name in ("prior", "decoder", "super_res_first", "super_res_last") if hasattr(pipeline, name)}
    handles = [getattr(pipeline, name).register_forward_hook(lambda _, __, output, name=name: calls[name].append(
        output[0].clone())) for name in calls]

    def finish():
        for handle in handles:
            handle.remove()
        for name, outputs in calls.items():
            golden.put(f"mid.{name}", torch.stack(outputs))
    return finish


def main(out):
    warnings.filterwarnings("ignore")
    folder, variations = pathlib.Path(out) / "tiny-karlo", pathlib.Path(out) / "tiny-karlo-variations"
    for place in (folder, variations):
        shutil.rmtree(place, ignore_errors=True)
    vocabulary = write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    parts = components(vocabulary)
    for i, model in enumerate(parts.values()):
        randomize(model, SEED + i, gain=0.35)
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
        keys="in.tokens; mid.text_embedding, mid.image_embedding; mid.PART [calls, ...] of prior, decoder, super_res_first,"
             " super_res_last; mid.small (the decoder's picture, -1 to 1), out.picture [1,32,32,3] 0 to 1")
    golden.put("in.tokens", tokenizer(PROMPT, padding="max_length", max_length=77, return_tensors="pt").input_ids)
    told = []
    handle = pipeline.text_proj.register_forward_pre_hook(
        lambda _, __, kwargs: told.append(kwargs), with_kwargs=True)
    finish = record(golden, pipeline)
    picture = pipeline(
        PROMPT, generator=torch.Generator().manual_seed(7), prior_num_inference_steps=STEPS[0],
        decoder_num_inference_steps=STEPS[1], super_res_num_inference_steps=STEPS[2],
        prior_guidance_scale=GUIDANCE[0], decoder_guidance_scale=GUIDANCE[1], output_type="np").images
    finish()
    handle.remove()
    golden.put("mid.text_embedding", told[0]["prompt_embeds"][1:])
    golden.put("mid.image_embedding", told[0]["image_embeddings"])
    golden.put("out.picture", torch.from_numpy(numpy.ascontiguousarray(picture)))
    golden.write(out)

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
        keys="in.picture [20,24,3] 0..255; mid.image_embedding; mid.PART; out.picture [1,32,32,3] 0 to 1")
    source = torch.randint(0, 256, (20, 24, 3), generator=torch.Generator().manual_seed(SEED + 30))
    golden.put("in.picture", source)
    told.clear()
    varying.text_proj.register_forward_pre_hook(lambda _, __, kwargs: told.append(kwargs), with_kwargs=True)
    finish = record(golden, varying)
    picture = varying(
        PIL.Image.fromarray(source.numpy().astype("uint8")), generator=torch.Generator().manual_seed(11),
        decoder_num_inference_steps=STEPS[1], super_res_num_inference_steps=STEPS[2],
        decoder_guidance_scale=GUIDANCE[1], output_type="np").images
    finish()
    golden.put("mid.image_embedding", told[0]["image_embeddings"])
    golden.put("out.picture", torch.from_numpy(numpy.ascontiguousarray(picture)))
    golden.write(out)


if __name__ == "__main__":
    main(directory(__doc__))
