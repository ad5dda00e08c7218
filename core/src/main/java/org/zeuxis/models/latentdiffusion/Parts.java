package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;

/** The three networks that a picture is drawn by, each lent for as long as it is used. */
sealed interface Parts extends AutoCloseable {
    <T> T text(Function<ClipTextModel, T> use);

    <T> T unet(Function<DenoisingUNet, T> use);

    <T> T autoencoder(Function<AutoencoderKl, T> use);

    /** @throws IllegalStateException if they are closed */
    void expectOpen();

    @Override
    void close();

    /** All of them in memory from the beginning to the end. */
    record Held(ClipTextModel text, DenoisingUNet unet, AutoencoderKl autoencoder) implements Parts {
        @Override
        public <T> T text(Function<ClipTextModel, T> use) {
            return use.apply(text);
        }

        @Override
        public <T> T unet(Function<DenoisingUNet, T> use) {
            return use.apply(unet);
        }

        @Override
        public <T> T autoencoder(Function<AutoencoderKl, T> use) {
            return use.apply(autoencoder);
        }

        @Override
        public void expectOpen() {
            unet.expectOpen();
        }

        @Override
        public void close() {
            text.close();
            unet.close();
            autoencoder.close();
        }
    }

    /** Each of them in memory only while it is used, and read from the disk every time. */
    final class Lent implements Parts {
        private final Checkpoint checkpoint;
        private final DType type;
        private volatile boolean closed;

        Lent(Checkpoint checkpoint, DType type) {
            this.checkpoint = checkpoint;
            this.type = type;
        }

        /** Reads the weights of one part. */
        private interface Loading<M> {
            M load(DType type) throws IOException;
        }

        private <M extends Module, T> T lent(Loading<M> loading, Function<M, T> use) {
            expectOpen();
            M module;
            try {
                module = loading.load(type);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            try {
                return use.apply(module);
            } finally {
                module.close();
            }
        }

        @Override
        public <T> T text(Function<ClipTextModel, T> use) {
            return lent(checkpoint::loadText, use);
        }

        @Override
        public <T> T unet(Function<DenoisingUNet, T> use) {
            return lent(checkpoint::loadUNet, use);
        }

        @Override
        public <T> T autoencoder(Function<AutoencoderKl, T> use) {
            return lent(checkpoint::loadAutoencoder, use);
        }

        @Override
        public void expectOpen() {
            if (closed) throw new IllegalStateException("expected an open model, got a closed one; load it again");
        }

        @Override
        public void close() {
            closed = true;
            checkpoint.close();
        }
    }
}
