package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of devices, and that none is used that is not there. */
final class DeviceTest {
    @AfterEach
    void backOnTheProcessor() {
        Device.use(Device.CPU);
    }

    @Test
    void names() {
        assertThat(Device.named("cpu")).isEqualTo(Device.CPU);
        assertThat(Device.named("cuda")).isEqualTo(Device.cuda(0));
        assertThat(Device.named("cuda:3")).isEqualTo(Device.cuda(3)).hasToString("cuda:3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:1234", "cuda:0 "})
    void noNames(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Device.named(name))
                .withMessage("expected cpu, cuda or a number as in cuda:1, got " + name);
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedAndNothingChanges() {
        Device beyond = Device.cuda(Engine.cudaDevices());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Device.use(beyond))
                .withMessageContaining("got " + beyond + " of " + Engine.cudaDevices());
        assertThat(Device.current()).isEqualTo(Device.CPU);
        assertThat(Tensor.zeros(1).device()).isEqualTo(Device.CPU);
    }

    @Test
    void thereAlreadyIsNoCopy() {
        Tensor x = Tensor.ones(2);
        assertThat(x.to(Device.CPU)).isSameAs(x);
    }
}
