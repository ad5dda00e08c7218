// What was asked of the server: sent, followed, kept when it is done; the pictures on the wall.
import {$, make, tell, notice, complain, walkable} from "./dom.js";
import {ask, askJson, asJson, follow, cancel} from "./server.js";
import {requestOf} from "./png.js";
import * as shelf from "./shelf.js";
import * as easel from "./easel.js";

const FRAME = 128; // pixels of a step that is kept
const LATER = {Prefer: "respond-async"};
let pictures = [];
let jobs = []; // that are not over, the latest first
let chosen = null; // of either
let settle = () => {};
let acts = () => ({});
let example = () => {};

/** Sends fields, as JSON, or as a form if they hold files; gives the job. */
export async function draw(path, fields, about) {
  const files = Object.values(fields).flat().some(value => value instanceof Blob);
  let options = asJson(fields, LATER);
  if (files) {
    const form = new FormData();
    for (const [name, values] of Object.entries(fields)) {
      for (const value of [values].flat()) {
        if (value instanceof Blob) form.append(name, value, name + ".png");
        else form.append(name, String(value));
      }
    }
    options = {method: "POST", headers: LATER, body: form};
  }
  const said = await askJson(path, options);
  const job = {id: said.id, prompt: about, count: fields.n ?? 1, at: Date.now(), request: files ? {} : fields};
  await shelf.keepJob(job).catch(complain);
  watch({...job, ...said});
}

function watch(started) {
  const job = {picture: 0, step: 0, steps: 0, stage: "", ...started, frames: []};
  jobs.unshift(job);
  choose(job);
  follow(job.id, {
    progress: said => {
      const before = job.status + job.position;
      Object.assign(job, said);
      if (job.status + job.position !== before) tell(job.status === "queued" ? `waiting, number ${job.position}` : "drawing");
      update(job);
    },
    preview: async said => {
      const bytes = Uint8Array.from(atob(said.b64_json), c => c.charCodeAt(0));
      const list = job.frames[job.picture] ??= [];
      list.push(new Blob([bytes], {type: "image/png"}));
      update(job);
    }
  }).then(said => over(job, said), error => failed(job, error));
}

function drop(job) {
  jobs = jobs.filter(each => each !== job);
  shelf.removeJob(job.id).catch(complain);
}

function failed(job, error) {
  drop(job);
  complain(error);
  if (chosen === job) choose(pictures[0] ?? null);
  else hang();
}

/** As a small picture. */
async function small(blob) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, FRAME / Math.max(bitmap.width, bitmap.height));
  if (scale === 1) return blob;
  const canvas = make("canvas", {width: bitmap.width * scale, height: bitmap.height * scale});
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise(resolve => canvas.toBlob(resolve, "image/webp", 0.85));
}

async function over(job, said) {
  if (said.status === "cancelled") {
    drop(job);
    notice("Cancelled.");
    choose(pictures[0] ?? null);
    return;
  }
  if (said.status !== "finished") return failed(job, new Error(said.error?.message ?? "it came to nothing"));
  try {
    const drawn = [];
    for (const [n, path] of said.pictures.entries()) {
      const blob = await (await ask(path)).blob();
      const bitmap = await createImageBitmap(blob);
      drawn.push({
        key: job.id + "/" + n, at: job.at, n, blob, width: bitmap.width, height: bitmap.height,
        frames: await Promise.all((job.frames[n] ?? []).map(small)),
        request: await requestOf(blob) ?? {prompt: job.prompt, model: said.model, seed: said.seeds?.[n]}
      });
    }
    for (const each of drawn) await shelf.keep(each).catch(complain);
    pictures.unshift(...drawn);
    drop(job);
    if (said.left_out) notice(`Too long to be read, left out: ${said.left_out}`);
    tell("The picture is drawn.");
    if (chosen === job) choose(drawn[0]);
    else hang();
  } catch (error) {
    if (error.name === "Error" && error.message.includes("does not reply")) setTimeout(() => over(job, said), 2000);
    else failed(job, error);
  }
}

/** The job or picture that is looked at. */
export function choose(item) {
  chosen = item;
  hang();
  update(item);
}

/** Shows the chosen picture anew, as what can be done with it may have changed. */
export function refresh() {
  if (chosen && !chosen.id) update(chosen);
}

function update(item) {
  if (item !== chosen) {
    if (item?.id) tile(item);
    return;
  }
  if (!item) easel.empty(example);
  else if (item.id) {
    tile(item);
    easel.job(item, () => cancel(item.id).catch(complain));
  } else easel.picture(item, acts(item));
}

/** Shows on the wall how far a job is. */
function tile(job) {
  const image = $("wall").querySelector(`[data-key="${job.id}"] img`);
  const last = job.frames[job.picture]?.at(-1);
  if (image && last) image.src = easel.urlOf(last);
}

function hang() {
  const focused = document.activeElement?.dataset?.key;
  const all = [...jobs, ...pictures];
  $("wall").replaceChildren(...all.map(item => {
    const key = item.id ?? item.key;
    const says = item.id ? item.prompt + " (not done)" : item.request.prompt || "Without words";
    const last = item.id ? item.frames[item.picture]?.at(-1) : item.blob;
    return make("li", {}, make("button", {
      type: "button", "data-key": key, "aria-label": says, "aria-current": item === chosen ? "true" : null, title: says,
      className: item.id ? "pending" : "", tabIndex: item === chosen ? 0 : -1, onclick: () => choose(item)
    }, make("img", {src: last ? easel.urlOf(last) : "/studio/mark.svg", alt: ""})));
  }));
  $("wall-count").textContent = pictures.length ? String(pictures.length) : "None yet";
  settle();
  if (focused) $("wall").querySelector(`[data-key="${focused}"]`)?.focus();
}

/** Takes a picture off the wall, and hangs it back if that was not meant. */
export async function remove(picture) {
  const at = pictures.indexOf(picture);
  pictures = pictures.filter(each => each !== picture);
  await shelf.remove(picture.key);
  choose(pictures[Math.min(at, pictures.length - 1)] ?? null);
  notice("Removed from this browser.", {action: "Undo", act: async () => {
    await shelf.keep(picture);
    pictures.splice(at, 0, picture);
    choose(picture);
  }});
}

export function cancelChosen() {
  if (chosen?.id) cancel(chosen.id).catch(complain);
}

/** Hangs what was kept, and follows what was not over. */
export async function begin(actsOf, use) {
  acts = actsOf;
  example = use;
  settle = walkable($("wall"));
  try {
    pictures = await shelf.pictures();
    choose(pictures[0] ?? null);
    for (const job of await shelf.jobs()) watch(job);
  } catch (error) {
    choose(null);
    complain(error);
  }
}
