#!/usr/bin/env bash
# Zeuxis and its peers in turn on this machine, a piece at a time; medians to be read off. Each piece ends within four minutes on two
# cores, and needs at most 12 GB.
#
#   mvn -q -pl core,bench -am -DskipTests package && bench/side-by-side.sh PIECE [ROUNDS] > side-by-side.txt
#
#   unet            a step of Stable Diffusion 1's U-Net in bfloat16, diffusers in channels_last, contiguous and with plain attention
#   unet-float32    the same in float32
#   unet-compiled   diffusers compiled, given six minutes
#   clip            towers of CLIP ViT-B/32 in bfloat16, transformers with both kinds of attention
#   clip-large      of ViT-L/14
#   t5              the encoder of T5 v1.1 large, a prompt and the empty one, transformers as it comes and compiled
#   imagen          a step of IF-I-M, the least of DeepFloyd's base, diffusers in channels_last, contiguous and compiled
#   writing         the prompt and the tokens after it, by the FOLDER of bench/peers/writing_folder.py; transformers with a static cache and
#                   compiled, not compiled, and with a dynamic cache
#   picture         a whole picture of 512 pixels in two steps by the folder MODEL: to be loaded, first step, whole, peak memory
#   stable-diffusion  a whole picture of 512 pixels in 20 steps of DPM-Solver++ at guidance 7.5 by the folder MODEL, against diffusers in
#                   float32, bfloat16, bfloat16 with channels_last, and that compiled; ONNX Runtime's Java API in float32; and
#                   stable-diffusion.cpp in float16 and bfloat16. Far longer than the others: some 45 minutes on two cores. STEPS and SIZE
#                   make it a trial, ONLY="zeuxis diffusers onnx cpp" some of it. MODEL-onnx-SIZE and MODEL-one.safetensors are made first.
#
#   PYTHON   a python with bench/peers/requirements.txt (else .venv/bin/python), for stable-diffusion also requirements-pictures.txt
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
jar=$(ls "$root"/bench/target/zeuxis-bench-*.jar | head -1)
piece=${1:?expected a piece: unet, unet-float32, unet-compiled, clip, clip-large, t5, imagen, writing, picture or stable-diffusion}
rounds=${2:-1}
# as ./zeuxis sets them for drawing
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1 MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=10737418240 OPENBLAS_THREAD_TIMEOUT=10
if [[ ${1:-} != *float32* ]] && grep -qwsE -m1 'avx512_bf16|amx_bf16' /proc/cpuinfo; then export GOMP_SPINCOUNT=3000; else export OMP_WAIT_POLICY=passive; fi

ours() {
    java -XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -cp "$jar" "org.zeuxis.bench.$@" 2>/dev/null
}

# peers have their own allocator's settings
peer() {
    local script=$1
    shift
    bare "$python" "$root/bench/peers/$script" "$@" 2>/dev/null || echo "$script $* did not end"
}

bare() {
    env -u GLIBC_TUNABLES -u MALLOC_ARENA_MAX -u MALLOC_MMAP_MAX_ -u MALLOC_TRIM_THRESHOLD_ -u OMP_WAIT_POLICY -u GOMP_SPINCOUNT timeout "${limit:-360}" "$@"
}

# each of whose processes is given up after half an hour
stable_diffusion() {
    local model=${MODEL:?expected the folder of a Stable Diffusion} steps=${STEPS:-20} size=${SIZE:-512} limit=1800
    local asked="--steps $steps --size $size --guidance 7.5 --sampler dpm++2m" only=" ${ONLY:-zeuxis diffusers onnx cpp} "
    model=${model%/}
    if [[ $only == *" zeuxis "* ]]; then
        ours WholePicture "$model" BFLOAT16 "$steps" "$size" dpm++2m 7.5
        ours WholePicture "$model" FLOAT32 "$steps" "$size" dpm++2m 7.5
    fi
    if [[ $only == *" diffusers "* ]]; then
        peer imagine.py "$model" $asked --precision bf16 --layout channels_last
        peer imagine.py "$model" $asked --precision bf16 --layout contiguous
        peer imagine.py "$model" $asked --precision fp32 --layout contiguous
        peer imagine.py "$model" $asked --precision bf16 --layout channels_last --compile
    fi
    if [[ $only == *" onnx "* ]]; then
        [[ -e $model-onnx-$size/unet.onnx ]] || peer onnx_export.py "$model" "$model-onnx-$size" --size "$size" >&2
        # with Java's usual stack of 1 MB ONNX Runtime 1.29 ended by a segmentation fault
        bare java -Xss4m -XX:+UseSerialGC -cp "$jar" org.zeuxis.bench.OnnxPicture "$model-onnx-$size" "$steps" 7.5 2>/dev/null ||
            echo "OnnxPicture did not end"
    fi
    if [[ $only == *" cpp "* ]]; then
        local file=$model-one.safetensors
        [[ -e $file ]] || "$root/zeuxis" convert "$model" "$file" --dtype float16 >&2
        peer stable_diffusion_cpp_picture.py "$file" $asked --type f16
        peer stable_diffusion_cpp_picture.py "$file" $asked --type f16 --flash --direct
        peer stable_diffusion_cpp_picture.py "$file" $asked --type bf16
    fi
}

clip() {
    echo "$1, Zeuxis per second:"
    java -jar "$jar" ClipBenchmark -p "model=$1" -p type=BFLOAT16 -i 3 -r 4s -w 4s | grep -E ":(images|texts) "
    for attention in sdpa eager; do
        peer clip_inference.py --model "$1" --precision bf16 --attention "$attention" --seconds 6
    done
}

for ((round = 0; round < rounds; round++)); do
    case $piece in
        unet)
            ours UNetStep BFLOAT16 3
            peer unet_step.py
            peer unet_step.py --layout contiguous
            peer unet_step.py --attention plain
            ;;
        unet-float32)
            ours UNetStep FLOAT32 2
            peer unet_step.py --precision fp32 --steps 2
            ;;
        unet-compiled) peer unet_step.py --compile ;;
        clip) clip VIT_B_32 ;;
        clip-large) clip VIT_L_14 ;;
        t5)
            ours T5Encoding LARGE BFLOAT16 5
            peer t5_encoding.py
            peer t5_encoding.py --compile --freeze
            ;;
        imagen)
            ours ImagenStep "$root/bench/peers/if-i-m.json" BFLOAT16 3
            peer imagen_step.py
            peer imagen_step.py --layout contiguous
            peer imagen_step.py --compile --freeze
            ;;
        writing)
            ours Writing "${FOLDER:?expected a folder of bench/peers/writing_folder.py}" BFLOAT16
            ours Writing "$FOLDER" INT8
            ours Writing "$FOLDER" INT4
            peer writing.py "$FOLDER" --compile
            peer writing.py "$FOLDER"
            peer writing.py "$FOLDER" --cache dynamic
            ;;
        picture)
            ours WholePicture "${MODEL:?expected the folder of a Stable Diffusion}" BFLOAT16 2
            peer imagine.py "$MODEL"
            ;;
        stable-diffusion) stable_diffusion ;;
        *)
            echo "expected unet, unet-float32, unet-compiled, clip, clip-large, t5, imagen, writing, picture or stable-diffusion, got $piece" >&2
            exit 2
            ;;
    esac
done
