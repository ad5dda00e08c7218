package org.zeuxis.tensor.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Engine;

class Bfloat16Test {
    private static String linux(String flags) {
        return "processor\t: 0\nmodel name\t: avx512_bf16 in a name\nflags\t\t: fpu " + flags + " avx2\nbugs\t: none\n";
    }

    @ParameterizedTest
    @CsvSource({
        "avx512f avx512_bf16, true, the processor has avx512_bf16",
        "amx_bf16 avx512_bf16 amx_int8, true, the processor has amx_bf16 and avx512_bf16",
        "avx512f avx512_vnni, false, the processor has neither avx512_bf16 nor amx_bf16",
        "avx, false, the processor has neither avx512_bf16 nor amx_bf16",
    })
    void theProcessorsFlagsDecide(String flags, boolean multiplied, String reason) {
        assertThat(Bfloat16.of("amd64", linux(flags), Map.of(), true)).isEqualTo(new Bfloat16(multiplied, reason));
    }

    @ParameterizedTest
    @CsvSource({
        "AVX2, false",
        "avx512_core, false",
        "AVX512_CORE_BF16, true",
        "AVX512_CORE_AMX, true",
        "ALL, true",
        "'', true",
    })
    void oneDnnMayBeToldToStopBefore(String limit, boolean multiplied) {
        Map<String, String> environment = Map.of("ONEDNN_MAX_CPU_ISA", limit);
        Bfloat16 found = Bfloat16.of("amd64", linux("avx512_bf16"), environment, true);
        assertThat(found.multiplied()).isEqualTo(multiplied);
        assertThat(found.reason()).contains(multiplied ? "has avx512_bf16" : "oneDNN was told to stop at");
    }

    @Test
    void whereNothingIsKnownFloat32IsSafe() {
        assertThat(Bfloat16.of("amd64", linux("avx512_bf16"), Map.of(), false).reason())
                .isEqualTo("LibTorch does not give oneDNN bfloat16 products here");
        assertThat(Bfloat16.of("amd64", "", Map.of(), true))
                .isEqualTo(new Bfloat16(
                        false, "this system does not say whether the processor has avx512_bf16 or amx_bf16"));
        assertThat(Bfloat16.of("aarch64", "", Map.of(), true).multiplied()).isTrue();
    }

    @Test
    void thisMachineIsAsked() {
        assertThat(DType.fastest()).isEqualTo(Engine.bfloat16().multiplied() ? DType.BFLOAT16 : DType.FLOAT32);
    }
}
