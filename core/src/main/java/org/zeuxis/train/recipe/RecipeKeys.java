package org.zeuxis.train.recipe;

import java.util.List;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;

/**
 * What a recipe's file says, for the recipe of a system to read its own keys from: beside {@code data} and {@code training},
 * and in them. The keys that all recipes share are read already.
 */
public final class RecipeKeys {
    private final Config file;
    private final Config dataKeys;
    private final Config trainingKeys;
    private final TrainingData data;
    private final TrainingConfig training;

    RecipeKeys(Config file) {
        this.file = file;
        trainingKeys = file.child("training");
        training = TrainingConfig.from(trainingKeys);
        dataKeys = file.child("data");
        data = TrainingData.from(dataKeys);
    }

    /** The keys of the file. */
    public Config file() {
        return file;
    }

    /** The keys of its {@code data}. */
    public Config dataKeys() {
        return dataKeys;
    }

    /** The keys of its {@code training}. */
    public Config trainingKeys() {
        return trainingKeys;
    }

    public TrainingData data() {
        return data;
    }

    public TrainingConfig training() {
        return training;
    }

    /** The network's configuration, in the words of its Python library, which says nothing of how it is trained. */
    public Config model() {
        Config model = file.child("model");
        expectOwnTraining(model);
        return model;
    }

    /** Refuses what a model's configuration says of its training, and of the tokens, which a recipe does its own way. */
    private static void expectOwnTraining(Config model) {
        for (String key : List.of("attention_dropout", "dropout", "patch_dropout")) model.expect(key, 0);
        for (String key :
                List.of("initializer_range", "initializer_factor", "logit_scale_init_value", "init_logit_scale")) {
            model.expect(key, "null");
        }
        for (String key : List.of("bos_token_id", "eos_token_id", "pad_token_id")) model.expect(key, "null");
        for (String key : List.of("timm_drop", "timm_drop_path")) model.expect(key, 0, "null");
        model.expect("timm_model_pretrained", false);
        for (String part : List.of("text_config", "vision_config")) {
            if (model.has(part)) expectOwnTraining(model.child(part));
        }
    }

    /**
     * Pixels on a side of the crops that an upsampler learns from, of the file's {@code crop}. Papers take a quarter; the last steps want
     * whole pictures, as group norms see more of a picture than of a piece.
     *
     * @param otherwise without that key
     * @param grain what the network can halve
     */
    public int crop(int otherwise, int grain) {
        int crop = file.integer("crop", otherwise);
        if (crop >= grain && crop <= data.size() && crop % grain == 0) return crop;
        throw new IllegalArgumentException("expected a crop of " + grain + " to " + data.size()
                + " pixels in multiples of " + grain + ", got " + crop);
    }

    /**
     * Refuses a key that would not be honoured.
     *
     * @param other the key because of which it would not
     * @param why what that one brings
     */
    public void refuseBeside(String other, String key, String why) {
        if (!file.has(key)) return;
        throw new ConfigException(file.origin() + ": expected no " + key + " beside " + other + ", " + why
                + ", got both; leave one of them out");
    }

    void refuseUnread() {
        file.refuseUnread("about");
        dataKeys.refuseUnread();
        trainingKeys.refuseUnread();
    }
}
