// Pictures of the server's index that show what words say, or what a picture shows.
import {$, make, complain, chooseFiles, dataUri, blobOf, sizeOf} from "./dom.js";
import {askJson, asJson} from "./server.js";
import {urlOf} from "./easel.js";
import {index} from "./models.js";

const PATH = "/v1/zeuxis/search";
const TOP = 24;

function hit({path, score, thumbnail}) {
  return make("li", {},
    thumbnail ? make("img", {src: urlOf(blobOf(thumbnail)), alt: ""}) : make("p", {className: "hint"}, "no longer there"),
    make("p", {}, path), make("p", {className: "hint"}, score.toFixed(3)));
}

async function find(what) {
  const {data} = await askJson(PATH, asJson({...what, top: TOP, thumbnails: true}));
  $("found").replaceChildren(...data.map(hit));
}

export async function take(file) {
  if (!index()) return;
  await sizeOf(file, file.name);
  $("search-text").value = "";
  $("search-like").replaceChildren(make("img", {src: urlOf(file), alt: "Like " + (file.name || "this picture")}));
  await find({image: await dataUri(file)});
}

export function shown() {
  $("search-none").hidden = Boolean(index());
  $("search-form").hidden = !index();
  $("search-lead").textContent = index()
    ? `${index().pictures} pictures, found by what they show, as CLIP sees it.`
    : "Pictures, found by what they show.";
}

export function begin() {
  $("search-add").addEventListener("click", async () => {
    for (const file of await chooseFiles()) take(file).catch(complain);
  });
  $("search-form").addEventListener("submit", event => {
    event.preventDefault();
    const text = $("search-text").value.trim();
    if (!text) return complain(new Error("expected words to look for, got none; say some, or drop a picture on this page"));
    $("search-like").replaceChildren();
    find({text}).catch(complain);
  });
}
