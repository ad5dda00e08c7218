package org.zeuxis.data.pictogram.scene;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;

/** The first scenes of a series as a dataset. */
public record SceneDataset(Scenes scenes, int size) implements Dataset {
    /** @throws IllegalArgumentException if there are to be none */
    public SceneDataset {
        if (size < 1) throw new IllegalArgumentException("expected at least 1 scene, got " + size);
    }

    @Override
    public CaptionedImage get(int index) throws IOException {
        Scene scene = scenes.scene(index);
        return new CaptionedImage(key(index), scene.image(), List.of(scene.caption()));
    }

    @Override
    public String key(int index) {
        return "scene-" + index;
    }

    /** Drawings that could not be read so far. */
    @Override
    public List<Problem> problems() {
        return scenes.problems();
    }
}
