// Others that show what a picture shows.
import {$, make, complain, chooseFiles, sizeOf} from "./dom.js";
import {urlOf} from "./easel.js";
import * as jobs from "./jobs.js";

let picture = null;

export async function take(file) {
  await sizeOf(file, file.name);
  picture = file;
  $("mix-a").replaceChildren(make("img", {src: urlOf(file), alt: file.name || "Picture"}));
}

async function go() {
  if (!picture) throw new Error("expected a picture to vary, got none; drop one on this page");
  const fields = {model: $("mix-model").value, n: Number($("mix-count").value), partial_images: 50, image: picture};
  await jobs.draw("/v1/images/variations", fields, "A variation");
  location.hash = "draw";
}

export function begin() {
  $("mix-a").addEventListener("click", async () => {
    for (const file of await chooseFiles()) take(file).catch(complain);
  });
  $("mix-form").addEventListener("submit", event => {
    event.preventDefault();
    go().catch(complain);
  });
}
