package org.zeuxis.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.ConfigException;
import org.zeuxis.hub.client.HubClient;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.HubSettings;
import org.zeuxis.hub.client.Listing;
import org.zeuxis.hub.client.ModelName;
import org.zeuxis.hub.client.OneLine;
import org.zeuxis.hub.client.Patience;
import org.zeuxis.hub.client.RemoteFile;

/**
 * The Hugging Face hub and the cache of its models, which is shared with Python's huggingface_hub.
 *
 * @see <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">The cache</a>
 */
public final class Hub {
    /** More would be a list of something else. */
    private static final int MOST_FILES = 1000;

    private final HubSettings settings;
    private final HubCache cache;
    private final HubClient client;

    Hub(HubSettings settings, Patience patience) {
        this.settings = settings;
        cache = new HubCache(settings.cache());
        client = new HubClient(settings, patience);
    }

    /**
     * As the environment says.
     *
     * @throws IllegalArgumentException if it names an endpoint that is none
     */
    public static Hub standard() {
        return of(HubSettings.of(System.getenv()));
    }

    public static Hub of(HubSettings settings) {
        return new Hub(settings, Patience.of(settings.timeout()));
    }

    /**
     * The folder of a model: as it was last pulled, without asking the hub, or else pulled now.
     *
     * @param name {@code organization/name} or {@code organization/name@revision}
     * @throws IllegalArgumentException if {@code name} is no such name
     * @throws HubException if it is not in the cache and the hub does not give it
     */
    public Path model(String name, PullProgress progress) throws IOException {
        return model(name, progress, folder -> {});
    }

    /**
     * The same, without the weights of a model that cannot be used.
     *
     * @param look what decides; not asked if the model was pulled before
     */
    public Path model(String name, PullProgress progress, Look look) throws IOException {
        Optional<Path> known = cache.snapshot(ModelName.of(name));
        return known.isPresent() && isWhole(known.get()) ? known.get() : pull(name, progress, look);
    }

    /** Sees a model's folder when all is there but the weights, which stay where they are if it throws. */
    @FunctionalInterface
    public interface Look {
        void at(Path folder) throws IOException;
    }

    /**
     * Downloads what the cache lacks of the model as it is on the hub now; offline, the folder as it was last pulled.
     *
     * @param name {@code organization/name} or {@code organization/name@revision}
     * @return its folder
     * @throws IllegalArgumentException if {@code name} is no such name
     * @throws HubException if the hub does not give it
     * @throws InterruptedIOException if the thread was interrupted; what has come is kept
     */
    public Path pull(String name, PullProgress progress) throws IOException {
        return pull(name, progress, folder -> {});
    }

    private Path pull(String name, PullProgress progress, Look look) throws IOException {
        ModelName model = ModelName.of(name);
        if (settings.offline()) return cache.snapshot(model).orElseThrow(() -> offline(model));
        try {
            return pull(model, progress, look);
        } catch (FileSystemException e) {
            throw new HubException(
                    cache.folder() + ": expected to write " + e.getFile() + ", got " + reason(e)
                            + "; make that possible or set HF_HUB_CACHE to another folder",
                    e);
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) throw e;
            InterruptedIOException stopped = new InterruptedIOException(
                    "stopped; what has come of " + model + " is kept, pull it again and it goes on from there");
            stopped.initCause(e);
            throw stopped;
        }
    }

    private Path pull(ModelName model, PullProgress progress, Look look) throws IOException {
        Listing listing = client.listing(model);
        List<String> needed = NeededFiles.of(listing.sizes().keySet());
        if (needed.isEmpty() || needed.size() > MOST_FILES)
            throw wrongList(model, listing.sizes().size(), needed.size());
        RemoteFile.expectInside(model.toString(), needed);
        Path snapshot = cache.snapshot(model, listing.commit());
        List<String> lacking = needed.stream()
                .filter(path -> !Files.exists(snapshot.resolve(path)))
                .toList();
        if (!lacking.isEmpty()) {
            progress.begins(model, lacking.size(), listing.bytes(lacking));
        }
        boolean looked = false;
        for (String path : lacking) {
            if (!looked && NeededFiles.isWeights(path)) {
                look.at(snapshot);
                looked = true;
            }
            pull(model, listing, path, snapshot.resolve(path), progress);
        }
        // last: what a revision means is known once all of it is here
        cache.remember(model, listing.commit());
        return snapshot;
    }

    private void pull(ModelName model, Listing listing, String path, Path into, PullProgress progress)
            throws IOException {
        long listed = listing.sizes().getOrDefault(path, -1L);
        RemoteFile file = client.file(model, listing.commit(), path, listed);
        Path blob = cache.blob(model, file.hash());
        if (!Files.exists(blob)) {
            try (BlobLock lock = BlobLock.of(cache.lock(model, file.hash()), () -> progress.waits(path))) {
                if (!Files.exists(blob)) new Download(client, model, listing.commit(), file, progress).into(blob);
            }
        }
        HubCache.link(blob, into);
    }

    /** Whether the folder has the weights it should; Python makes such folders for a tokenizer alone. */
    private static boolean isWhole(Path snapshot) {
        try {
            ModelFolder folder = ModelFolder.open(snapshot);
            if (!folder.isPipeline()) {
                return (folder.has("config.json") || folder.has("open_clip_config.json")) && hasWeights(folder);
            }
            for (String name : folder.components().keySet()) {
                if (NeededFiles.NEVER_OPENED.contains(name)) continue;
                ModelFolder component = folder.component(name);
                if (component.has("config.json") && !hasWeights(component)) return false;
            }
            return true;
        } catch (IOException | ConfigException e) {
            return false;
        }
    }

    private static boolean hasWeights(ModelFolder folder) throws IOException {
        try (Weights weights = folder.weights()) {
            return !weights.names().isEmpty();
        }
    }

    private static String reason(FileSystemException e) {
        return e.getReason() == null ? e.getClass().getSimpleName() : OneLine.of(e.getReason());
    }

    private static HubException wrongList(ModelName model, int all, int needed) {
        return new HubException(model + ": expected 1 to " + MOST_FILES + " files that make up a model, got " + needed
                + " among " + all + "; check the name and HF_ENDPOINT");
    }

    private HubException offline(ModelName model) {
        return new HubException("expected " + model + " in " + cache.folder()
                + ", as HF_HUB_OFFLINE is set, got none; unset it and run zeuxis pull " + model);
    }
}
