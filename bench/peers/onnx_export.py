"""Exports the text encoder, U-Net and decoder of a Stable Diffusion's folder to ONNX, in float32, for two prompts and one picture of SIZE.

    python bench/peers/onnx_export.py FOLDER INTO [--size 512]

INTO gets text_encoder.onnx, unet.onnx and decoder.onnx, their weights beside them; `org.zeuxis.bench.OnnxPicture` draws with them.
"""
import argparse
import pathlib

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel


class TextEncoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids).last_hidden_state


class UNet(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, sample, timestep, encoder_hidden_states):
        return self.model(sample, timestep, encoder_hidden_states).sample


class Decoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, latent):
        return self.model.decode(latent / self.model.config.scaling_factor).sample


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("into", type=pathlib.Path)
    parser.add_argument("--size", type=int, default=512)
    a = parser.parse_args()
    a.into.mkdir(parents=True, exist_ok=True)

    def export(name, module, **inputs):
        torch.onnx.export(module.eval(), tuple(inputs.values()), a.into / f"{name}.onnx", input_names=list(inputs),
                          output_names=["out"], dynamo=True, external_data=True)
        print(name, flush=True)

    text = CLIPTextModel.from_pretrained(a.folder, subfolder="text_encoder", attn_implementation="eager")
    width = text.config.hidden_size
    export("text_encoder", TextEncoder(text), input_ids=torch.full((2, 77), 400))
    vae = AutoencoderKL.from_pretrained(a.folder, subfolder="vae")
    side = a.size // 2 ** (len(vae.config.block_out_channels) - 1)
    export("decoder", Decoder(vae), latent=torch.randn(1, 4, side, side))
    del text, vae
    unet = UNet2DConditionModel.from_pretrained(a.folder, subfolder="unet")
    export("unet", UNet(unet), sample=torch.randn(2, 4, side, side), timestep=torch.tensor([500, 500]),
           encoder_hidden_states=torch.randn(2, 77, width))


if __name__ == "__main__":
    main()
