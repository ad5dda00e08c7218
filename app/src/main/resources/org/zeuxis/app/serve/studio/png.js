// The texts inside a PNG file: how a picture that Zeuxis drew carries its request.

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const MOST = 1 << 20; // characters of one text
const latin1 = bytes => Array.from(bytes, byte => String.fromCharCode(byte)).join("");
const utf8 = bytes => new TextDecoder().decode(bytes);

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const parts = [];
  for (let size = 0; size < MOST;) {
    const {value, done} = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(value);
    size += value.length;
  }
  await reader.cancel();
  throw new Error("expected a text of at most 1 MiB in this picture, got a longer one");
}

/** All of them, by key; none if it is no PNG. */
export async function texts(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const found = new Map();
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) return found;
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = latin1(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
    if (!["tEXt", "zTXt", "iTXt"].includes(type)) continue;
    const end = data.indexOf(0);
    if (end < 1 || end > 79) continue;
    const key = latin1(data.subarray(0, end));
    if (type === "tEXt" && length < MOST) found.set(key, latin1(data.subarray(end + 1)));
    if (type === "zTXt") found.set(key, latin1(await unpack(data.subarray(end + 2))));
    if (type === "iTXt") {
      const language = data.indexOf(0, end + 3);
      const from = data.indexOf(0, language + 1) + 1;
      const rest = data.subarray(from);
      found.set(key, utf8(data[end + 1] === 1 ? await unpack(rest) : rest));
    }
  }
  return found;
}

/** The request that drew it; null if it carries none. */
export async function requestOf(blob) {
  const json = (await texts(blob)).get("zeuxis");
  if (!json) return null;
  try {
    return JSON.parse(json);
  } catch (e) {
    return null;
  }
}
