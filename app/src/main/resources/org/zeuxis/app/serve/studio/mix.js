// Pictures made of pictures: others that show the same, some on the way from one to another, a larger one.
import {$, make, complain, chooseFiles, sizeOf} from "./dom.js";
import {urlOf} from "./easel.js";
import {offer, own} from "./models.js";
import * as jobs from "./jobs.js";

const TASKS = {
  variations: {
    path: "/v1/images/variations", verb: "Vary", about: "A variation", count: 4,
    says: "Others that show the same as a picture: a DALL·E 2 draws them from what CLIP sees in it, any other model from the picture itself.",
    none: "No model is served that varies pictures. Zeuxis’s own pictograms do:", fix: "zeuxis serve --model pictograms"
  },
  blend: {
    path: "/v1/zeuxis/blend", verb: "Blend", about: "A blend", count: 5,
    says: "Pictures on the way from one to another, as what CLIP sees in the one turns into what it sees in the other.",
    none: "No model is served that blends pictures. Zeuxis’s own unclip does, a DALL·E 2:", fix: "zeuxis serve --model pictograms --model unclip"
  },
  upscale: {
    path: "/v1/zeuxis/upscale", verb: "Enlarge", about: "Enlarged",
    says: "The same picture larger, with what it might have shown in detail.",
    none: "No model is served that enlarges pictures. Zeuxis’s own unclip does, or a Stable Diffusion upscaler:", fix: "zeuxis serve --model pictograms --model unclip"
  }
};
const pictures = {a: null, b: null};

const chosen = () => document.querySelector("input[name='mix-task']:checked").value;

function put(slot, file) {
  pictures[slot] = file;
  $("mix-" + slot).replaceChildren(make("img", {src: urlOf(file), alt: file.name || "Picture"}));
}

export async function take(file) {
  await sizeOf(file, file.name);
  put(chosen() === "blend" && pictures.a && !pictures.b ? "b" : "a", file);
}

/** What the model offers to enlarge to. */
function sizes() {
  const said = own($("mix-model").value).upscale_to;
  $("mix-to").replaceChildren(...said.map(size => make("option", {}, String(size))));
  $("mix-to-field").hidden = chosen() !== "upscale" || !said.length;
}

export function shown() {
  const name = chosen();
  const task = TASKS[name];
  const there = offer("mix-model", name);
  $("mix-says").textContent = task.says;
  $("mix-none").hidden = there;
  $("mix-form").hidden = !there;
  $("mix-none-says").textContent = task.none;
  $("mix-none-fix").textContent = task.fix;
  $("mix-b").hidden = name !== "blend";
  $("mix-count-field").hidden = name === "upscale";
  $("mix-count").min = name === "blend" ? 2 : 1;
  $("mix-go").textContent = task.verb;
  sizes();
}

async function go() {
  const name = chosen();
  const task = TASKS[name];
  if (!pictures.a) throw new Error("expected a picture, got none; drop one on this page");
  if (name === "blend" && !pictures.b) throw new Error("expected a second picture to blend with, got none; drop one on this page");
  const fields = {model: $("mix-model").value, partial_images: 50, image: name === "blend" ? [pictures.a, pictures.b] : pictures.a};
  if (name !== "upscale") fields.n = Number($("mix-count").value);
  else if (!$("mix-to-field").hidden) fields.to = Number($("mix-to").value);
  await jobs.draw(task.path, fields, task.about);
  location.hash = "draw";
}

export function begin() {
  for (const slot of Object.keys(pictures)) {
    $("mix-" + slot).addEventListener("click", async () => {
      for (const file of await chooseFiles()) sizeOf(file, file.name).then(() => put(slot, file)).catch(complain);
    });
  }
  $("mix-tasks").addEventListener("change", () => {
    $("mix-count").value = TASKS[chosen()].count ?? 1;
    shown();
  });
  $("mix-model").addEventListener("change", sizes);
  $("mix-form").addEventListener("submit", event => {
    event.preventDefault();
    go().catch(complain);
  });
}
