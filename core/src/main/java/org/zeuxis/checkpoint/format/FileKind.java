package org.zeuxis.checkpoint.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What a file that is not a safetensors file is instead, told by its first bytes. */
final class FileKind {
    static final String CONVERT = "convert it in Python with"
            + " safetensors.torch.save_file(torch.load(file, weights_only=True), \"model.safetensors\")";

    private static final List<String> PICTURES = List.of("\u0089PNG", "\u00ff\u00d8\u00ff", "RIFF", "GIF8", "BM");

    private FileKind() {}

    static String refusal(ByteBuffer start) {
        byte[] bytes = new byte[Math.min(64, start.limit())];
        start.get(0, bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String found;
        if (text.startsWith("PK\3\4")) found = "a zip archive (PyTorch's .bin, .pt or .ckpt); " + CONVERT;
        else if (bytes[0] == (byte) 0x80 && bytes[1] >= 2 && bytes[1] <= 5) found = "a Python pickle; " + CONVERT;
        else if (text.startsWith("version https://git-lfs")) found = "a Git LFS pointer; fetch it with git lfs pull";
        else if (text.startsWith("GGUF")) found = "a GGUF file; take the model's safetensors variant";
        else if (text.startsWith("\u0089HDF")) found = "an HDF5 file; take the model's safetensors variant";
        else if (PICTURES.stream().anyMatch(text::startsWith)) found = "a picture; pass the folder it lies in";
        else if (text.strip().toLowerCase(Locale.ROOT).startsWith("<"))
            found = "a web page; check the download address";
        else if (text.strip().startsWith("{")) found = "JSON text; pass the .safetensors file itself";
        else found = "something else; check the path or download it again";
        return "expected a safetensors file, got " + found;
    }
}
