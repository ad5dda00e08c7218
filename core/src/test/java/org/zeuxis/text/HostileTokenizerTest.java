package org.zeuxis.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that were made to do harm, or were damaged. */
class HostileTokenizerTest {
    @TempDir
    private Path folder;

    private void write(String name, String content) throws IOException {
        Files.write(folder.resolve(name), content.replace('\'', '"').getBytes(StandardCharsets.ISO_8859_1));
    }

    private void tokenizer() throws IOException {
        write("vocab.json", "{'<|startoftext|>':0,'<|endoftext|>':1}");
        write("merges.txt", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "vocab.json | {'a':-5} | expected ids of 0 to 4194304, got another for 'a'",
                "vocab.json | {'a':2147483646} | expected ids of 0 to 4194304, got another for 'a'",
                "vocab.json | {'a':'1'} | expected ids of 0 to 4194304, got another for 'a'",
                "vocab.json | {'a':1e30} | expected ids of 0 to 4194304, got another for 'a'",
                "vocab.json | [ | expected JSON in",
                "merges.txt | a \u00e9 | expected text in UTF-8",
                "tokenizer_config.json | {'added_tokens_decoder':{'abc':{'content':'x'}}} | got another for 'abc'",
                "tokenizer_config.json | {'added_tokens_decoder':{'99999999999':{'content':'x'}}} | got another for",
                "tokenizer_config.json | {'model_max_length':1000000000} | expected a model_max_length of at most 1048576",
                "tokenizer_config.json | {'model_max_length':1} | expected a context length of at least 2",
                "special_tokens_map.json | {'bos_token':''} | expected the bos_token ''",
                "added_tokens.json | {'x':-1} | got another for 'x'",
                "tokenizer.json | {'added_tokens':[{'content':'x','id':2147483646}]} | got another for",
            })
    void refusesByTheNameOfTheFile(String name, String content, String words) throws IOException {
        tokenizer();
        write(name, content);
        assertThatThrownBy(() -> ClipTokenizer.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining(words);
    }

    /** As in transformers it is left out; looked for, it would stand everywhere. */
    @Test
    void leavesOutAnEmptyAddedToken() throws IOException {
        tokenizer();
        write("added_tokens.json", "{'':5}");
        assertThat(ClipTokenizer.read(folder).encode(List.of("a cat")).lengths()[0])
                .isEqualTo(6);
    }
}
