// Which label fits a picture.
import {$, make, complain, chooseFiles, dataUri, sizeOf} from "./dom.js";
import {askJson, asJson, offers} from "./server.js";
import {urlOf} from "./easel.js";

const PATH = "/v1/zeuxis/classify";
const SHOWN = 8; // labels of a picture
let pictures = [];
let known = false; // whether the server classifies

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
  const labels = $("labels").value.split(/[\n,]/).map(label => label.trim()).filter(Boolean);
  for (const picture of pictures) {
    const said = await askJson(PATH, asJson({
      model: $("classify-model").value, image: await dataUri(picture.file), labels, template: $("template").value
    }));
    picture.bars.replaceChildren(bars(said.labels));
  }
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

export async function shown() {
  if (known) return;
  known = await offers(PATH).catch(() => true);
  $("classify-none").textContent = known ? "" : "This server does not classify; “zeuxis classify IMAGE --labels a,b” does.";
  $("classify-none").hidden = known;
  $("classify-form").hidden = !known;
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
