"""The lower half of unCLIP: a tiny folder of its text encoder, prior and scheduler as UnCLIPPipeline publishes them, and the
image embeddings that this pipeline makes with them."""
import json
import pathlib
import shutil

import torch
from diffusers import PriorTransformer, UnCLIPPipeline, UnCLIPScheduler
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

from golden_file import GoldenFile, directory, randomize, safetensors_bytes
from pipeline import write_json, write_tokenizer

SEED = 20220413
NAME = "tiny-unclip-prior"
PROMPTS = ["a red bird on a small tree", "grapes"]
STEPS = 10
GUIDANCE = 4.0
NOISE = 11


class Reached(Exception):
    """The prior is done."""


class Rest(torch.nn.Module):
    """Stands where the decoder begins."""

    device = torch.device("cpu")
    dtype = torch.float32

    def forward(self, image_embeddings, prompt_embeds, text_encoder_hidden_states, do_classifier_free_guidance):
        raise Reached(image_embeddings)


def make_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)
    vocabulary = write_tokenizer(folder / "tokenizer", "<|endoftext|>")
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    text_encoder = CLIPTextModelWithProjection(CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=16, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=77, projection_dim=16, bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1,
        pad_token_id=tokenizer.pad_token_id))
    randomize(text_encoder, SEED)
    prior = PriorTransformer(
        num_attention_heads=3, attention_head_dim=4, num_layers=2, embedding_dim=16, num_embeddings=77,
        additional_embeddings=4)
    randomize(prior, SEED + 1)
    scheduler = UnCLIPScheduler(
        variance_type="fixed_small_log", prediction_type="sample", num_train_timesteps=1000, clip_sample_range=2.0)
    for name, part in (("text_encoder", text_encoder), ("prior", prior)):
        part.save_pretrained(folder / name)
    scheduler.save_pretrained(folder / "prior_scheduler")
    write_json(folder / "model_index.json", {
        "_class_name": "UnCLIPPipeline",
        "prior": ["diffusers", "PriorTransformer"],
        "prior_scheduler": ["diffusers", "UnCLIPScheduler"],
        "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer": ["transformers", "CLIPTokenizer"]})
    for path in sorted(folder.rglob("*.safetensors")):
        part = text_encoder if path.parent.name == "text_encoder" else prior
        path.write_bytes(safetensors_bytes({k: v.contiguous() for k, v in part.state_dict().items()}, {"format": "pt"}))
    return tokenizer, text_encoder, prior, scheduler


def main(out):
    folder = pathlib.Path(out) / NAME
    tokenizer, text_encoder, prior, scheduler = make_folder(folder)
    golden = GoldenFile(
        "unclip-prior.safetensors", SEED, packages=("torch", "diffusers", "transformers", "tokenizers"),
        folder=NAME, config=json.dumps(dict(prompts=PROMPTS, steps=STEPS, guidance=GUIDANCE, noise=NOISE)),
        keys="mid.text_embeds [2,16], mid.states [2,77,16], mid.mask [2,77] of the prompts; in.xt [2,16], in.t [2] and"
             " out.predicted [2,16], what the prior makes of them; for GUIDED in plain, guided: mid.GUIDED.x0"
             " [steps,2,16], the data as each step sees it, out.GUIDED.image_embeddings [2,16].")
    pipeline = UnCLIPPipeline(
        prior=prior, decoder=None, text_encoder=text_encoder, tokenizer=tokenizer, text_proj=Rest(),
        super_res_first=None, super_res_last=None, prior_scheduler=scheduler, decoder_scheduler=None,
        super_res_scheduler=None)
    pipeline.set_progress_bar_config(disable=True)
    embeds, states, mask = pipeline._encode_prompt(PROMPTS, "cpu", 1, False)
    golden.put("mid.text_embeds", embeds)
    golden.put("mid.states", states)
    golden.put("mid.mask", mask.long())
    xt = torch.randn(2, 16, generator=torch.Generator().manual_seed(SEED + 2))
    t = torch.tensor([17, 803])
    golden.put("in.xt", xt)
    golden.put("in.t", t)
    golden.put("out.predicted", prior(
        xt, t, proj_embedding=embeds, encoder_hidden_states=states, attention_mask=mask).predicted_image_embedding)
    for name, guidance in (("plain", 1.0), ("guided", GUIDANCE)):
        x0, plain_step = [], scheduler.step

        def step(*args, **kwargs):
            result = plain_step(*args, **kwargs)
            x0.append(result.pred_original_sample)
            return result

        scheduler.step = step
        try:
            pipeline(
                PROMPTS, prior_num_inference_steps=STEPS, prior_guidance_scale=guidance, decoder_guidance_scale=1.0,
                generator=torch.Generator("cpu").manual_seed(NOISE))
        except Reached as reached:
            golden.put(f"out.{name}.image_embeddings", reached.args[0])
        scheduler.step = plain_step
        golden.put(f"mid.{name}.x0", torch.stack(x0))
    golden.write(out)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"{NAME}: {size} bytes")


if __name__ == "__main__":
    main(directory(__doc__))
