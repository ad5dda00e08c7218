// Which label fits a picture.
import {$, make, complain, chooseFiles, dataUri, sizeOf} from "./dom.js";
import {askJson, asJson} from "./server.js";
import {urlOf} from "./easel.js";
import {offer} from "./models.js";

const PATH = "/v1/zeuxis/classify";
const SHOWN = 8; // labels of a picture
let pictures = [];

function bars(said) {
  const best = [...said].sort((a, b) => b.probability - a.probability).slice(0, SHOWN);
  return make("ul", {className: "bars"}, ...best.map(({label, probability}) => {
    const percent = (100 * probability).toFixed(probability < 0.1 ? 1 : 0) + " %";
    return make("li", {}, make("span", {}, label), make("meter", {value: probability, max: 1, "aria-label": label}), make("b", {}, percent));
  }));
}

function card(picture) {
  picture.bars ??= make("div", {}, make("p", {className: "hint"}, "Not classified yet"));
  return make("li", {}, make("img", {src: urlOf(picture.file), alt: picture.file.name}), picture.bars);
}

async function go() {
  if (!pictures.length) throw new Error("expected a picture to classify, got none; drop one on this page");
  const labels = $("labels").value.split(/[\n,]/).map(label => label.trim()).filter(Boolean);
  const asked = [...pictures];
  const {data} = await askJson(PATH, asJson({
    model: $("classify-model").value, labels, templates: [$("template").value],
    images: await Promise.all(asked.map(picture => dataUri(picture.file)))
  }));
  data.forEach((said, i) => asked[i].bars.replaceChildren(bars(said.labels)));
}

export async function take(file) {
  await sizeOf(file, file.name);
  pictures.push({file});
  list();
}

function list() {
  $("classified").replaceChildren(...pictures.map(card));
  $("classify-clear").hidden = !pictures.length;
}

export function shown() {
  const there = offer("classify-model", "classify");
  $("classify-none").hidden = there;
  $("classify-form").hidden = !there;
}

export function begin() {
  $("classify-add").addEventListener("click", async () => {
    for (const file of await chooseFiles(true)) await take(file).catch(complain);
  });
  $("classify-clear").addEventListener("click", () => {
    pictures = [];
    list();
  });
  $("classify-form").addEventListener("submit", event => {
    event.preventDefault();
    go().catch(complain);
  });
}
