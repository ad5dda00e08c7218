package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.adapter.OpenAdapters;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;

/**
 * A Stable Diffusion on the disk, whatever its layout: what its parts are made of, and where their weights lie, none of which is
 * read yet.
 *
 * @param files to be closed
 */
record Checkpoint(
        ClipTokenizer tokenizer,
        Part<ClipTextModel.Config> text,
        Part<UNetConfig> unet,
        Part<AutoencoderKl.Config> autoencoder,
        List<Weights> files)
        implements AutoCloseable {
    private static final String[] OLD_BUFFERS = {"embeddings.position_ids"};

    /** What one part is made of, and its weights. */
    record Part<C>(C config, StateDict weights) {
        /** @param type to compute in */
        private <M extends Module> M load(Supplier<M> make, DType type) throws IOException {
            StateDict state = weights.ignoring(OLD_BUFFERS).as(type);
            M module = state.sized(make);
            state.loadInto(module);
            return module;
        }

        private void expectWhole(Supplier<? extends Module> make) throws IOException {
            StateDict state = weights.ignoring(OLD_BUFFERS);
            state.expectWhole(state.sized(make).parameters());
        }

        private Map<String, Tensor> stored(Supplier<? extends Module> make) throws IOException {
            StateDict state = weights.ignoring(OLD_BUFFERS);
            return state.stored(state.sized(make).parameters());
        }
    }

    /** One that is open, whose weights are as it computes with them. */
    static Checkpoint of(LatentDiffusion model, ClipTokenizer tokenizer) {
        return new Checkpoint(
                tokenizer,
                new Part<>(model.text().config(), held(model.text())),
                new Part<>(model.unet().config(), held(model.unet())),
                new Part<>(model.autoencoder().config(), held(model.autoencoder())),
                List.of());
    }

    private static StateDict held(Module module) {
        return StateDict.of(Weights.of("the open model", module.parameters()));
    }

    /** With what is put into it. */
    Checkpoint adapted(OpenAdapters adapters) throws IOException {
        return new Checkpoint(
                adapters.tokenizer(tokenizer, text.config),
                new Part<>(adapters.text(text.config), adapters.text(text.weights)),
                new Part<>(unet.config, adapters.unet(unet.weights)),
                autoencoder,
                files);
    }

    ClipTextModel loadText(DType type) throws IOException {
        return text.load(() -> new ClipTextModel(text.config), type);
    }

    DenoisingUNet loadUNet(DType type) throws IOException {
        return unet.load(() -> new DenoisingUNet(unet.config), type);
    }

    AutoencoderKl loadAutoencoder(DType type) throws IOException {
        return autoencoder.load(() -> new AutoencoderKl(autoencoder.config), type);
    }

    /** @throws IOException if a part lacks something, or has what it does not know */
    void expectWhole() throws IOException {
        expectWholeText();
        unet.expectWhole(() -> new DenoisingUNet(unet.config));
        autoencoder.expectWhole(() -> new AutoencoderKl(autoencoder.config));
    }

    /** The same of the text encoder alone. */
    void expectWholeText() throws IOException {
        text.expectWhole(() -> new ClipTextModel(text.config));
    }

    /** As they lie there, by the keys of {@link ClipTextModel}. */
    Map<String, Tensor> storedText() throws IOException {
        return text.stored(() -> new ClipTextModel(text.config));
    }

    /** As they lie there, by the keys of {@link DenoisingUNet}. */
    Map<String, Tensor> storedUNet() throws IOException {
        return unet.stored(() -> new DenoisingUNet(unet.config));
    }

    /** As they lie there, by the keys of {@link AutoencoderKl}. */
    Map<String, Tensor> storedAutoencoder() throws IOException {
        return autoencoder.stored(() -> new AutoencoderKl(autoencoder.config));
    }

    @Override
    public void close() {
        files.forEach(Weights::close);
    }
}
