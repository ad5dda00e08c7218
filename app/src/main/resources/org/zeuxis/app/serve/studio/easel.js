// The picture that is looked at: a job while it grows, then a picture with its request and its steps.
import {$, make, walkable} from "./dom.js";

const MOST_BERRIES = 60; // steps shown one by one
const EXAMPLES = ["a bunch of grapes", "an owl", "a red apple", "a sailboat", "a butterfly"];
const urls = new Map(); // of blobs shown, by blob

/** Where a blob can be shown from. */
export function urlOf(blob) {
  if (!urls.has(blob)) urls.set(blob, URL.createObjectURL(blob));
  return urls.get(blob);
}

/** One dot a step, filled when it is done. */
function berries(step, steps) {
  const shown = Math.min(steps || 20, MOST_BERRIES);
  const done = steps ? Math.floor(step / steps * shown) : 0;
  const row = make("div", {
    className: "berries", role: "progressbar", "aria-label": "Steps", "aria-valuemin": 0, "aria-valuenow": step,
    "aria-valuemax": steps || 1
  });
  for (let i = 0; i < shown; i++) row.append(make("i", {className: i < done ? "full" : ""}));
  return row;
}

export function empty(use) {
  $("easel").replaceChildren(make("div", {className: "tale"},
    make("p", {className: "tale-say"}, "Zeuxis painted grapes so well that birds came to peck at them."),
    make("p", {className: "hint"}, "What shall be painted here?"),
    make("ul", {className: "chips"}, ...EXAMPLES.map(text =>
      make("li", {}, make("button", {type: "button", className: "small", onclick: () => use(text)}, text))))));
}

function saying(job) {
  if (job.status === "queued" && job.position > 1) return `${job.position - 1} before this one`;
  if (job.status === "queued") return "Next in the queue";
  if (!job.steps) return "The model is being opened";
  const which = job.count > 1 ? `Picture ${job.picture + 1} of ${job.count} · ` : "";
  return `${which}${job.stage ? job.stage + " · " : ""}step ${job.step} of ${job.steps}`;
}

export function job(job, cancel) {
  const last = job.frames[job.picture]?.at(-1);
  const focused = document.activeElement?.id === "cancel";
  $("easel").replaceChildren(
    make("figure", {className: "picture"}, last
      ? make("img", {src: urlOf(last), alt: "What it looks like so far"})
      : make("div", {className: "blank"})),
    make("div", {className: "facts"},
      make("h2", {}, job.prompt),
      make("p", {id: "job-says"}, saying(job)),
      berries(job.step, job.steps),
      make("div", {className: "row"},
        make("button", {type: "button", id: "cancel", className: "small", onclick: cancel}, "Cancel ", make("kbd", {}, "Esc")))));
  if (focused) $("cancel").focus();
}

const WORDS = {
  negative: "Not", model: "Model", seed: "Seed", steps: "Steps", guidance: "Guidance", sampler: "Sampler",
  strength: "Strength", dtype: "Number type", made_by: "Made by"
};

function facts(request, width, height) {
  const list = make("dl", {});
  const add = (name, value) => list.append(make("dt", {}, name), make("dd", {}, String(value)));
  add("Size", `${width} × ${height}`);
  for (const [key, name] of Object.entries(WORDS)) if (request[key] !== undefined && request[key] !== "") add(name, request[key]);
  return list;
}

/** The acts are functions by name, each on a button. */
export function picture(picture, acts) {
  const image = make("img", {src: urlOf(picture.blob), alt: picture.request.prompt || "Picture"});
  const step = make("p", {className: "hint", id: "frame-says"});
  const show = (blob, says) => {
    image.src = urlOf(blob);
    step.textContent = says;
  };
  const frames = [...picture.frames ?? [], picture.blob];
  const film = make("ol", {className: "film", "aria-label": "Its steps, from noise to the picture"}, ...frames.map((blob, i) => {
    const last = i === frames.length - 1;
    const says = last ? "The picture" : `After step ${i + 1} of ${frames.length}`;
    return make("li", {}, make("button", {type: "button", "aria-label": says, onclick: () => show(blob, last ? "" : says)},
      make("img", {src: urlOf(blob), alt: ""})));
  }));
  const buttons = Object.entries(acts).map(([name, act]) =>
    make("button", {type: "button", className: "small", onclick: act}, name));
  const save = make("a", {
    className: "small button", href: urlOf(picture.blob), download: `zeuxis-${picture.request.seed ?? picture.key}.png`
  }, "Download");
  $("easel").replaceChildren(
    make("figure", {className: picture.width < 160 ? "picture little" : "picture"}, image),
    make("div", {className: "facts"},
      make("h2", {}, picture.request.prompt || "Without words"),
      facts(picture.request, picture.width, picture.height), step,
      make("div", {className: "row wrap acts"}, ...buttons, save)),
    frames.length > 1 ? make("div", {className: "reel"}, make("h3", {}, "Why it looks so: step by step"), film) : "");
  film.querySelectorAll("button").forEach((each, i) => { each.tabIndex = i === frames.length - 1 ? 0 : -1; });
  walkable(film, {vertical: false});
}
