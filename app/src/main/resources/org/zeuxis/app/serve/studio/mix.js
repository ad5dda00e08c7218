// Others that show what a picture shows; what lies between two.
import {$, make, complain, chooseFiles, sizeOf} from "./dom.js";
import {offers} from "./server.js";
import {urlOf} from "./easel.js";
import * as jobs from "./jobs.js";

const BLEND = "/v1/zeuxis/blend";
const slots = {"mix-a": null, "mix-b": null};

export async function put(id, file) {
  await sizeOf(file, file.name);
  slots[id] = file;
  $(id).replaceChildren(make("img", {src: urlOf(file), alt: file.name || "Picture"}));
  name();
}

function name() {
  $("mix-go").textContent = slots["mix-b"] ? "Blend" : "Vary";
}

export const take = file => put(slots["mix-a"] ? "mix-b" : "mix-a", file);

async function go() {
  const fields = {model: $("mix-model").value, n: Number($("mix-count").value), partial_images: 50, image: slots["mix-a"]};
  if (!fields.image) throw new Error("expected a picture to vary, got none; drop one on the first place");
  const blend = slots["mix-b"];
  if (blend && !await offers(BLEND)) throw new Error("This server does not blend; “zeuxis blend A B” does.");
  await jobs.draw(blend ? BLEND : "/v1/images/variations", blend ? {...fields, other: blend} : fields, blend ? "A blend" : "A variation");
  location.hash = "draw";
}

export function begin() {
  for (const id of Object.keys(slots)) {
    $(id).addEventListener("click", async () => {
      for (const file of await chooseFiles()) put(id, file).catch(complain);
    });
  }
  $("mix-form").addEventListener("submit", event => {
    event.preventDefault();
    go().catch(complain);
  });
}
