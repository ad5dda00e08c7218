#!/usr/bin/env bash
# Zeuxis and its peers in turn on this machine: the U-Net's step and CLIP's towers in bfloat16, three rounds, medians to be read off.
#
#   mvn -q -pl core,bench -am -DskipTests package && bench/side-by-side.sh [ROUNDS] > side-by-side.txt
#
#   PYTHON   a python with bench/peers/requirements.txt (else .venv/bin/python)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
jar=$(ls "$root"/bench/target/zeuxis-bench-*.jar | head -1)
rounds=${1:-3}
# as ./zeuxis sets them
export MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=10737418240 OMP_WAIT_POLICY=passive OPENBLAS_THREAD_TIMEOUT=10
grep -m1 "model name" /proc/cpuinfo >&2 || true
for ((round = 0; round < rounds; round++)); do
    java -cp "$jar" org.zeuxis.bench.UNetStep BFLOAT16 3
    for how in "--precision fp32" "--layout contiguous" "" "--attention plain" "--compile" "--compile --freeze"; do
        # shellcheck disable=SC2086
        "$python" "$root/bench/peers/unet_step.py" $how 2>/dev/null || echo "unet_step.py $how did not run" >&2
    done
    for model in VIT_B_32 VIT_L_14; do
        echo "$model"
        java -jar "$jar" ClipBenchmark -p model=$model -p type=BFLOAT16 -i 3 -r 4s -w 4s | grep -E ":(images|texts) "
        for attention in sdpa eager; do
            "$python" "$root/bench/peers/clip_inference.py" --model $model --precision bf16 --attention $attention
        done
    done
done
