"""tiny-karlo's weights as Kakao Brain's own release has them: guided-diffusion's names, the rows of each attention head together."""
import pathlib

import torch
from safetensors.torch import load_file

from golden_file import directory

HEADS = {"prior": 8, "decoder": 4}  # their width


def together(parts, width):
    """The rows of q, k and v of the first head, then of the second."""
    return torch.cat([p.reshape(-1, width, *p.shape[1:]) for p in parts], 1).reshape(-1, *parts[0].shape[1:])


class Release:
    def __init__(self, state, prefix, width):
        self.left, self.made, self.prefix, self.width = dict(state), {}, prefix, width

    def take(self, here, old):
        for leaf in (".weight", ".bias"):
            if here + leaf in self.left:
                self.made[self.prefix + old + leaf] = self.left.pop(here + leaf)

    def convolution(self, here, old, *names):
        for leaf in ("weight", "bias"):
            whole = together([self.left.pop(f"{here}.{name}.{leaf}") for name in names], self.width)
            self.made[f"{self.prefix}{old}.{leaf}"] = whole[:, :, None] if leaf == "weight" and "attn." not in old else whole

    def resnet(self, here, old):
        for a, b in (("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"),
                     ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection")):
            self.take(f"{here}.{a}", f"{old}.{b}")

    def attention(self, here, old):
        self.take(f"{here}.group_norm", f"{old}.norm")
        self.convolution(here, f"{old}.qkv", "to_q", "to_k", "to_v")
        self.convolution(here, f"{old}.encoder_kv", "add_k_proj", "add_v_proj")
        self.made[f"{self.prefix}{old}.proj_out.weight"] = self.left.pop(f"{here}.to_out.0.weight")[:, :, None]
        self.made[f"{self.prefix}{old}.proj_out.bias"] = self.left.pop(f"{here}.to_out.0.bias")

    def layer(self, here, index, old):
        self.resnet(f"{here}.resnets.{index}", f"{old}.0")
        attends = f"{here}.attentions.{index}.to_q.weight" in self.left
        if attends:
            self.attention(f"{here}.attentions.{index}", f"{old}.1")
        return attends

    def network(self, levels, layers):
        for here, old in (("time_embedding.linear_1", "time_embed.0"), ("time_embedding.linear_2", "time_embed.2"),
                          ("conv_in", "input_blocks.0.0"), ("conv_norm_out", "out.0"), ("conv_out", "out.2")):
            self.take(here, old)
        at = 1
        for level in range(levels):
            for j in range(layers):
                self.layer(f"down_blocks.{level}", j, f"input_blocks.{at}")
                at += 1
            if level < levels - 1:
                self.resnet(f"down_blocks.{level}.downsamplers.0", f"input_blocks.{at}.0")
                at += 1
        self.resnet("mid_block.resnets.0", "middle_block.0")
        attends = "mid_block.attentions.0.to_q.weight" in self.left
        if attends:
            self.attention("mid_block.attentions.0", "middle_block.1")
        self.resnet("mid_block.resnets.1", f"middle_block.{2 if attends else 1}")
        at = 0
        for level in range(levels):
            for j in range(layers + 1):
                attends = self.layer(f"up_blocks.{level}", j, f"output_blocks.{at}")
                at += 1
            if level < levels - 1:
                self.resnet(f"up_blocks.{level}.upsamplers.0", f"output_blocks.{at - 1}.{2 if attends else 1}")
        return self.finished()

    def finished(self):
        if self.left:
            raise ValueError(f"no name for {sorted(self.left)}")
        return self.made


def prior(state):
    release = Release(state, "model.", HEADS["prior"])
    for here, old in (("time_embedding.linear_1", "time_embed.0"), ("time_embedding.linear_2", "time_embed.2"),
                      ("proj_in", "clip_img_proj"), ("embedding_proj", "text_emb_proj"), ("norm_out", "final_ln"),
                      ("encoder_hidden_states_proj", "text_enc_proj"), ("proj_to_clip_embeddings", "out_proj")):
        release.take(here, old)
    for here, old in (("positional_embedding", "positional_embedding"), ("prd_embedding", "prd_emb")):
        release.made["model." + old] = release.left.pop(here)
    i = 0
    while f"transformer_blocks.{i}.norm1.weight" in release.left:
        here, old = f"transformer_blocks.{i}", f"transformer.resblocks.{i}"
        release.convolution(here + ".attn1", old + ".attn.c_qkv", "to_q", "to_k", "to_v")
        for a, b in (("attn1.to_out.0", "attn.c_proj"), ("ff.net.0.proj", "mlp.c_fc"), ("ff.net.2", "mlp.c_proj"),
                     ("norm1", "ln_1"), ("norm3", "ln_2")):
            release.take(f"{here}.{a}", f"{old}.{b}")
        i += 1
    statistics = release.left.pop("clip_mean")[0], release.left.pop("clip_std")[0]
    return release.finished(), statistics


def projection(state):
    release = Release(state, "model.", 0)
    for here, old in (("encoder_hidden_states_proj", "text_seq_proj.0"), ("embedding_proj", "text_feat_proj"),
                      ("text_encoder_hidden_states_norm", "text_seq_proj.1"),
                      ("clip_extra_context_tokens_proj", "clip_tok_proj"),
                      ("clip_image_embeddings_project_to_time_embeddings", "clip_emb")):
        release.take(here, old)
    release.made["model.cf_param"] = release.left.pop("learned_classifier_free_guidance_embeddings")
    return release.finished()


def main(out):
    source, folder = pathlib.Path(out) / "tiny-karlo", pathlib.Path(out) / "tiny-karlo-release"
    folder.mkdir(exist_ok=True)

    def read(part):
        return load_file(source / part / "diffusion_pytorch_model.safetensors")

    weights, statistics = prior(read("prior"))
    torch.save({"state_dict": weights}, folder / "prior-ckpt-step=01.ckpt")
    torch.save(statistics, folder / "ViT-L-14_stats.th")
    decoder = Release(read("decoder"), "model.", HEADS["decoder"]).network(2, 1)
    torch.save({"state_dict": {**decoder, **projection(read("text_proj"))}}, folder / "decoder-ckpt-step=01.ckpt")
    both = {}
    for part, name in (("super_res_first", "first_steps"), ("super_res_last", "last_step")):
        both.update(Release(read(part), f"model_{name}.", 0).network(2, 1))
    torch.save({"state_dict": both}, folder / "improved-sr-ckpt-step=1.ckpt")


if __name__ == "__main__":
    main(directory(__doc__))
