// The page that draws: what its form says, the picture it starts from.
import {$, make, notice, complain, chooseFiles, sizeOf} from "./dom.js";
import {requestOf} from "./png.js";
import {urlOf} from "./easel.js";
import {paint} from "./mask.js";
import {offer, own} from "./models.js";
import * as jobs from "./jobs.js";

const MOST_PREVIEWS = 50; // that the server sends of a picture
const VARIED = 0.6; // how far a variation goes where no model has a word for it
let source = null; // {blob, width, height, mask}

function fields() {
  const said = {model: $("model").value, prompt: $("prompt").value.trim(), n: Number($("count").value),
    partial_images: MOST_PREVIEWS};
  if (!said.model) delete said.model;
  if ($("negative").value.trim()) said.negative_prompt = $("negative").value.trim();
  if ($("size").value.trim()) said.size = $("size").value.replace(/\s/g, "").replace("×", "x");
  for (const name of ["steps", "guidance", "seed"]) if ($(name).value !== "") said[name] = Number($(name).value);
  if ($("sampler").value.trim()) said.sampler = $("sampler").value.trim();
  return said;
}

async function go(said = fields(), from = source) {
  $("go").disabled = true;
  try {
    if (!from) await jobs.draw("/v1/images/generations", said, said.prompt);
    else {
      const more = {image: from.blob, ...from.mask && {mask: from.mask}, strength: from.strength ?? Number($("strength").value)};
      await jobs.draw("/v1/images/edits", {...said, ...more}, said.prompt);
    }
  } catch (error) {
    complain(error);
  } finally {
    $("go").disabled = false;
  }
}

/** Fills the form with a request. */
export function use(request) {
  const put = (id, value) => { $(id).value = value ?? ""; };
  put("prompt", request.prompt);
  put("negative", request.negative);
  put("size", request.width ? `${request.width}x${request.height}` : "");
  put("count", request.count ?? 1);
  put("steps", request.steps);
  put("guidance", request.guidance);
  put("seed", request.seed);
  put("sampler", request.sampler);
  if (request.model && [...$("model").options].some(each => each.value === request.model)) $("model").value = request.model;
  if (request.strength !== undefined) {
    put("strength", request.strength);
    $("strength-says").value = request.strength;
    notice("It was drawn from another picture, which it does not hold; choose that one again.");
  }
  if (request.made_by) notice(`It was made of pictures that it does not hold (${request.made_by}); this is how it was drawn.`);
  if (location.hash && location.hash !== "#draw") location.hash = "draw";
  else $("prompt").focus();
}

/** What to draw from; null for noise. */
export async function startFrom(blob, name) {
  source = blob && {blob, ...await sizeOf(blob, name)};
  $("source").replaceChildren(source
    ? make("img", {src: urlOf(blob), alt: "The picture to start from"})
    : make("span", {className: "slot-say"}, "Start from a picture"));
  $("source-tools").hidden = !source;
  $("start").classList.toggle("filled", Boolean(source));
  $("paint").textContent = "Paint a mask";
  shown();
}

/** A picture that came here: its request if it holds one, else it is what to start from. */
export async function take(file) {
  const request = await requestOf(file);
  if (request) {
    use(request);
    notice(`The request of ${file.name || "this picture"} is back.`);
  } else {
    await startFrom(file, file.name);
    notice(`${file.name || "This picture"} holds no request; it is the one to start from.`);
  }
}

function acts(picture) {
  const {request} = picture;
  const again = {prompt: request.prompt, model: $("model").value, n: 1, partial_images: MOST_PREVIEWS};
  if (request.negative) again.negative_prompt = request.negative;
  const redraws = own($("model").value).tasks.includes("edits") && request.prompt;
  return {
    "Use again": () => use(request),
    ...redraws && {"Vary": () => go(again, {blob: picture.blob, strength: VARIED})},
    "Start from it": () => startFrom(picture.blob).catch(complain),
    "Remove": () => jobs.remove(picture).catch(complain)
  };
}

/** Offers the models that can draw so, and the samplers of the one that is chosen. */
export function shown() {
  const there = offer("model", source ? "edits" : "generations");
  $("go").disabled = !there;
  if (!there) notice(source ? "No model is served that draws from a picture." : "No model is served that draws what words say.");
  chosen();
}

/** Another model: other samplers, and other things to do with a picture. */
function chosen() {
  jobs.refresh();
  $("samplers").replaceChildren(...own($("model").value).samplers.map(value => make("option", {value})));
}

export function begin() {
  $("model").addEventListener("change", chosen);
  $("sizes").append(...["64x64", "256x256", "512x512", "768x768"].map(value => make("option", {value})));
  $("dice").addEventListener("click", () => { $("seed").value = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1; });
  $("strength").addEventListener("input", () => { $("strength-says").value = $("strength").value; });
  $("request").addEventListener("submit", event => {
    event.preventDefault();
    go();
  });
  $("request").addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("request").requestSubmit();
  });
  $("open").addEventListener("click", async () => {
    for (const file of await chooseFiles()) take(file).catch(complain);
  });
  $("source").addEventListener("click", async () => {
    for (const file of await chooseFiles()) startFrom(file, file.name).catch(complain);
  });
  $("unsource").addEventListener("click", () => startFrom(null));
  $("paint").addEventListener("click", async () => {
    const mask = await paint(source);
    if (!mask) return;
    source.mask = mask;
    $("paint").textContent = "Change the mask";
  });
  return jobs.begin(acts, text => {
    $("prompt").value = text;
    $("prompt").focus();
  });
}
