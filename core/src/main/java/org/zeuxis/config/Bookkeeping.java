package org.zeuxis.config;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keys of published configurations that change nothing of what a model computes: how the file came about, how Python is to
 * treat it, how it was trained, how text would be generated. Every other key is read or refused.
 */
public enum Bookkeeping {
    /** A file that only Zeuxis reads has none. */
    NONE(Set.of()),

    /** Of diffusers; what its own classes write besides begins with an underscore. */
    DIFFUSERS(Set.of(
            // of a class embedding or an added embedding, which are refused themselves
            "addition_embed_type_num_heads",
            "addition_time_embed_dim",
            "projection_class_embeddings_input_dim",
            // where Python computes in half precision; here softmax and norms never do
            "force_upcast",
            "upcast_attention",
            // nothing is dropped outside training
            "dropout",
            // the side of the pictures it was trained on
            "sample_size")),

    /** Of transformers' model configurations. */
    TRANSFORMERS(all(
            Set.of(
                    "architectures",
                    "attn_implementation",
                    "auto_map",
                    "chunk_size_feed_forward",
                    "dtype",
                    "finetuning_task",
                    "gradient_checkpointing",
                    "id2label",
                    "label2id",
                    "name_or_path",
                    "num_labels",
                    "output_attentions",
                    "output_hidden_states",
                    "prefix",
                    "problem_type",
                    "return_dict",
                    "task_specific_params",
                    "tf_legacy_loss",
                    "tie_encoder_decoder",
                    "tie_word_embeddings",
                    "tokenizer_class",
                    "torch_dtype",
                    "torchscript",
                    "transformers_version",
                    "use_bfloat16",
                    "use_return_dict"),
            // training and first weights
            Set.of("attention_dropout", "dropout", "initializer_factor", "initializer_range", "logit_scale_init_value"),
            // of decoders, which a CLIP is not
            Set.of(
                    "add_cross_attention",
                    "cross_attention_hidden_size",
                    "decoder_start_token_id",
                    "is_decoder",
                    "is_encoder_decoder",
                    "use_cache"),
            // tokens: the tokenizer has them
            Set.of("bos_token_id", "pad_token_id", "sep_token_id"),
            // writing text, as GenerationConfig has it
            Set.of(
                    "assistant_confidence_threshold",
                    "assistant_lookbehind",
                    "bad_words_ids",
                    "begin_suppress_tokens",
                    "diversity_penalty",
                    "do_sample",
                    "early_stopping",
                    "encoder_no_repeat_ngram_size",
                    "encoder_repetition_penalty",
                    "epsilon_cutoff",
                    "eta_cutoff",
                    "exponential_decay_length_penalty",
                    "forced_bos_token_id",
                    "forced_eos_token_id",
                    "length_penalty",
                    "max_length",
                    "min_length",
                    "no_repeat_ngram_size",
                    "num_assistant_tokens",
                    "num_assistant_tokens_schedule",
                    "num_beam_groups",
                    "num_beams",
                    "num_return_sequences",
                    "output_scores",
                    "remove_invalid_values",
                    "repetition_penalty",
                    "return_dict_in_generate",
                    "suppress_tokens",
                    "target_lookbehind",
                    "temperature",
                    "top_k",
                    "top_p",
                    "typical_p"))),

    /** Of transformers' image processors. */
    IMAGE_PROCESSOR(Set.of(
            "data_format",
            "device",
            "disable_grouping",
            "image_seq_length",
            "input_data_format",
            // padding is refused where it is asked for
            "pad_size",
            "processor_class",
            "return_tensors")),

    /** Of open_clip: parts that are refused where they are asked for, training, first weights. */
    OPEN_CLIP(Set.of(
            "attn_pooler_heads",
            "attn_pooler_queries",
            "cast_dtype",
            "eos_id",
            "hf_model_pretrained",
            "hf_pooler_type",
            "hf_proj_type",
            // a folder's tokenizer is always its own
            "hf_tokenizer_name",
            "init_logit_scale",
            "output_dict",
            "pad_id",
            "patch_dropout",
            "timm_drop",
            "timm_drop_path",
            "timm_model_pretrained",
            "timm_pool",
            "timm_proj",
            "timm_proj_bias"));

    private final Set<String> keys;

    Bookkeeping(Set<String> keys) {
        this.keys = keys;
    }

    /** A key that begins with an underscore is the library's own in every file. */
    boolean has(String key) {
        return key.startsWith("_") || keys.contains(key);
    }

    @SafeVarargs
    private static Set<String> all(Set<String>... groups) {
        Set<String> all = new TreeSet<>();
        for (Set<String> group : groups) all.addAll(group);
        return Collections.unmodifiableSet(all);
    }
}
