"use strict";
// One question after the other. The server decides what comes next; this page shows it and sends back what is said.

const $ = id => document.getElementById(id);
const SIDES = {ArrowLeft: "left", a: "left", ArrowDown: "same", s: "same", ArrowRight: "right", b: "right"};
const ASK = {fidelity: "Which set is better made?", alignment: "Which set fits this better?"};
const HINT = "Look at the pictures alone. What they were to show comes next.";
const NAME = "rater"; // kept by this tab, so that a reload goes on
const TOKEN = "token"; // kept by this tab, where the studio of the same server was given one

let task = null; // what is asked
let before = null; // what was asked last
let ready = false; // all pictures are there, and nothing is being saved

/** Asks the server, which may want a token. */
async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers.set("Authorization", "Bearer " + token);
  const reply = await fetch(path, {...options, headers});
  if (reply.status === 401) view("locked");
  return reply;
}

/** Sends it until it has arrived. */
async function post(path, body) {
  for (;;) {
    let reply;
    try {
      reply = await ask(path, {
        method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)
      });
      const said = await reply.json();
      if (reply.ok) {
        trouble("");
        return said;
      }
      const why = said.error.message ?? said.error;
      if (reply.status < 500) return {error: why};
      trouble(why + " – trying again.");
    } catch (e) {
      trouble("Not saved yet: the server does not reply. Trying again; leave this page open.");
    }
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
}

function trouble(text) {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
}

function view(name) {
  for (const id of ["start", "locked", "task", "end"]) $(id).hidden = id !== name;
  $("head").hidden = name === "start" || name === "locked";
}

function enable(on) {
  ready = on;
  for (const button of document.querySelectorAll("nav button")) button.disabled = !on;
}

/** Shows pictures, and returns when they are there. */
function fill(place, names) {
  place.style.setProperty("--columns", names.length > 2 ? Math.ceil(Math.sqrt(names.length * 1.6)) : names.length);
  place.replaceChildren(...names.map(name => {
    const picture = new Image();
    picture.alt = "";
    picture.src = "picture/" + name;
    return picture;
  }));
  return Promise.all([...place.children].map(picture => picture.decode()));
}

async function show(next) {
  if (next.error) {
    trouble(next.error);
    return;
  }
  const same = task && next.id === task.id;
  task = next;
  $("progress").max = next.total;
  $("progress").value = next.done;
  $("count").textContent = next.done + " of " + next.total;
  $("name").textContent = next.rater;
  for (const button of document.querySelectorAll(".said")) button.classList.remove("said");
  if (!next.id) {
    view("end");
    return;
  }
  view("task");
  $("ask").textContent = ASK[next.question];
  $("caption").textContent = next.caption ? "“" + next.caption + "”" : HINT;
  $("caption").classList.toggle("prompt", Boolean(next.caption));
  $("back").hidden = !before;
  if (!same) {
    enable(false);
    window.scrollTo(0, 0);
    try {
      await Promise.all([fill($("left"), next.left), fill($("right"), next.right)]);
    } catch (e) {
      trouble("A picture could not be shown. Reload this page; your answers are saved.");
      return;
    }
  }
  enable(true);
}

async function say(side) {
  if (!ready) return;
  enable(false);
  $("say-" + side).classList.add("said");
  const said = task;
  const next = await post("answer", {rater: said.rater, id: said.id, question: said.question, side});
  if (!next.error) before = said;
  await show(next);
}

async function back() {
  if (!ready || !before) return;
  const last = before;
  before = null;
  await show(last);
}

async function begin(rater) {
  const next = await post("next", {rater});
  if (next.error) {
    if ($("locked").hidden) view("start");
    trouble(next.error);
    return;
  }
  sessionStorage.setItem(NAME, rater);
  await show(next);
}

document.addEventListener("keydown", event => {
  if ($("task").hidden || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const side = SIDES[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (side) say(side);
  else if (event.key === "Backspace") back();
  else return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("nav button")) {
  button.addEventListener("click", () => say(button.dataset.side));
}

$("who").addEventListener("submit", event => {
  event.preventDefault();
  begin($("rater").value.trim());
});

(async () => {
  const reply = await ask("rater");
  if (!reply.ok) return;
  const {rater} = await reply.json();
  const known = rater || sessionStorage.getItem(NAME);
  if (known) await begin(known);
  else {
    view("start");
    $("rater").focus();
  }
})();
