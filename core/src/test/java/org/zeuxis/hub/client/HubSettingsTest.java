package org.zeuxis.hub.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the environment says, read as Python's huggingface_hub reads it. */
class HubSettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                           | /home/anna/.cache/huggingface/hub",
                "XDG_CACHE_HOME=/caches                                       | /caches/huggingface/hub",
                "XDG_CACHE_HOME=~/caches                                      | /home/anna/caches/huggingface/hub",
                "XDG_CACHE_HOME=$SCRATCH                                      | /scratch/huggingface/hub",
                "HF_HOME=/hf XDG_CACHE_HOME=/caches                           | /hf/hub",
                "HF_HOME=~                                                    | /home/anna/hub",
                "HF_HOME=~/hf                                                 | /home/anna/hf/hub",
                "HF_HOME=$SCRATCH/hf                                          | /scratch/hf/hub",
                "HF_HOME=${SCRATCH}hf                                         | /scratchhf/hub",
                "HF_HOME=/a/$SCRATCH/$HOME                                    | /a/scratch/home/anna/hub",
                "HF_HOME=/a/$NOWHERE/${NOWHERE}/$                             | /a/$NOWHERE/${NOWHERE}/$/hub",
                "HF_HOME=/a/~/b                                               | /a/~/b/hub",
                "HF_HUB_CACHE=$TWICE                                          | /$SCRATCH",
                "HUGGINGFACE_HUB_CACHE=~/old                                  | /home/anna/old",
                "HF_HUB_CACHE=$HOME/models HF_HOME=/hf HUGGINGFACE_HUB_CACHE=/old | /home/anna/models"
            })
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void cacheIsWherePythonLooks(String variables, Path cache) {
        Map<String, String> environment =
                new HashMap<>(Map.of("HOME", "/home/anna", "SCRATCH", "/scratch", "TWICE", "/$SCRATCH"));
        for (String variable : variables.split(" ")) {
            String[] parts = variable.split("=", 2);
            if (parts.length == 2) environment.put(parts[0], parts[1]);
        }
        assertThat(HubSettings.of(environment).cache()).isEqualTo(cache);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void homeOfAnotherUserIsLookedUp() {
        assertThat(HubSettings.of(Map.of("HF_HOME", "~root/hf")).cache()).isEqualTo(Path.of("/root/hf/hub"));
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_HOME", "~nobody-of-this-name/hf")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "HF_HOME: expected a folder, got one of the user nobody-of-this-name, whose home is not known"
                                + " here; write the folder in full");
    }

    @Test
    void defaults() {
        HubSettings usual = HubSettings.of(Map.of());
        assertThat(usual.cache()).isEqualTo(Path.of(System.getProperty("user.home"), ".cache/huggingface/hub"));
        assertThat(usual.endpoint()).hasToString("https://huggingface.co");
        assertThat(usual.offline()).isFalse();
        assertThat(usual.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(HubSettings.of(Map.of("HF_ENDPOINT", "https://mirror.example/hf/"))
                        .endpoint())
                .hasToString("https://mirror.example/hf");
    }

    @ParameterizedTest
    @CsvSource({
        "HF_HUB_OFFLINE=1,true",
        "HF_HUB_OFFLINE=on,true",
        "HF_HUB_OFFLINE=Yes,true",
        "HF_HUB_OFFLINE=TRUE,true",
        "HF_HUB_OFFLINE=0,false",
        "HF_HUB_OFFLINE=2,false",
        "HF_HUB_OFFLINE=,false",
        "TRANSFORMERS_OFFLINE=1,true",
        "HF_HUB_OFFLINE=0 TRANSFORMERS_OFFLINE=1,false"
    })
    void offlineIsWhatPythonTakesForTrue(String variables, boolean offline) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables.split(" ")) {
            String[] parts = variable.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        assertThat(HubSettings.of(environment).offline()).isEqualTo(offline);
    }

    @Test
    void timeoutIsInSeconds() {
        assertThat(HubSettings.of(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "45")).timeout())
                .isEqualTo(Duration.ofSeconds(45));
        assertThat(HubSettings.of(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "0")).timeout())
                .isEqualTo(Duration.ofSeconds(10));
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "soon")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("HF_HUB_DOWNLOAD_TIMEOUT: expected a number of seconds such as 10, got soon;"
                        + " correct or unset it");
    }

    @Test
    void tokenHasAnOlderNameAndAFileOfItsOwn(@TempDir Path home) throws IOException {
        assertThat(HubSettings.of(Map.of("HUGGING_FACE_HUB_TOKEN", "hf_old")).presentToken())
                .isEqualTo("hf_old");
        Files.writeString(home.resolve("secret"), "hf_file\n");
        Map<String, String> environment =
                Map.of("HF_TOKEN_PATH", "$PLACE/secret", "PLACE", home.toString(), "HF_TOKEN", "");
        assertThat(HubSettings.of(environment).presentToken()).isEqualTo("hf_file");
    }

    @Test
    void tokenIsInTheEnvironmentOrInItsFileAndNeverShown(@TempDir Path home) throws IOException {
        assertThat(HubSettings.of(Map.of("HF_HOME", home.toString())).presentToken())
                .isEmpty();
        Files.writeString(home.resolve("token"), "hf_file\n");
        assertThat(HubSettings.of(Map.of("HF_HOME", home.toString())).presentToken())
                .isEqualTo("hf_file");
        HubSettings said = HubSettings.of(Map.of("HF_HOME", home.toString(), "HF_TOKEN", " hf_said "));
        assertThat(said.presentToken()).isEqualTo("hf_said");
        assertThat(said.toString()).doesNotContain("hf_said");
        HubSettings broken = HubSettings.of(Map.of("HF_TOKEN", "hf_one\nhf_two"));
        assertThatThrownBy(broken::presentToken)
                .hasMessage("HF_TOKEN: expected a token in one word, got something else; copy it again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "huggingface.co",
                "ftp://huggingface.co",
                "https://",
                "https://user:word@hub.example",
                "ht tp://x"
            })
    void endpointThatIsNoneIsRefused(String endpoint) {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("HF_ENDPOINT: expected an address such as https://huggingface.co, got ")
                .hasMessageNotContaining("user:word");
    }
}
