// What is served, and what each model can do, as the server says it.
import {$, make} from "./dom.js";
import {askJson} from "./server.js";

let served = [];
let searched = null; // the index of pictures; null if there is none
let rated = null; // where the page for raters is; null if there is none

/** Asks the server. */
export async function load() {
  const said = await askJson("/v1/models");
  served = said.data;
  searched = said.zeuxis?.index ?? null;
  rated = said.zeuxis?.rating ?? null;
}

/** Whether the server has said it yet. */
export const known = () => served.length > 0;

export const index = () => searched;

export const rating = () => rated;

/** The models that can do all of these. */
export const able = (...tasks) => served.filter(model => tasks.every(task => model.zeuxis.tasks.includes(task)));

/** What is said of the one of this name. */
export const own = name => served.find(model => model.id === name)?.zeuxis ?? {tasks: [], samplers: [], upscale_to: []};

/** Offers in a select the models that can do a task; whether there are any. */
export function offer(id, task) {
  const kept = $(id).value;
  const models = able(task);
  $(id).replaceChildren(...models.map(model => make("option", {}, model.id)));
  if (models.some(model => model.id === kept)) $(id).value = kept;
  return models.length > 0;
}
