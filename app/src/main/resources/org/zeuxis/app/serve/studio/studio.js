// The one page: which part of it is shown, the light, what is dropped on it, whether the server is there.
import {$, complain} from "./dom.js";
import {onState} from "./server.js";
import * as models from "./models.js";
import * as draw from "./draw.js";
import * as jobs from "./jobs.js";
import * as classify from "./classify.js";
import * as chat from "./chat.js";
import * as mix from "./mix.js";
import * as search from "./search.js";

const PAGES = {draw, mix, classify, search, chat};
let shown = "draw";

function show() {
  const asked = location.hash.slice(1);
  shown = PAGES[asked] ? asked : "draw";
  for (const name of Object.keys(PAGES)) $(name).hidden = name !== shown;
  for (const tab of $("tabs").children) {
    if (tab.hash === "#" + shown) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  document.title = $(shown).querySelector("h1").textContent + " · Zeuxis";
  $("rate").hidden = !models.rating();
  if (models.known()) PAGES[shown].shown();
}

function light() {
  const dark = document.documentElement.dataset.theme === "dark"
    || !document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches;
  $("theme").textContent = dark ? "Light" : "Dark";
  $("theme").setAttribute("aria-label", dark ? "Switch to light" : "Switch to dark");
  return dark;
}

$("theme").addEventListener("click", () => {
  const to = light() ? "light" : "dark";
  document.documentElement.dataset.theme = to;
  localStorage.setItem("theme", to);
  light();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", light);

onState(there => {
  $("state").textContent = there ? "" : "The server does not reply; trying again";
  $("state").classList.toggle("away", !there);
  if (there) models.load().then(show).catch(complain);
});

async function given(files) {
  const pictures = files.filter(file => file.type.startsWith("image/"));
  if (files.length && !pictures.length) throw new Error(`expected a picture, got ${files[0].name}`);
  for (const each of pictures) await PAGES[shown].take(each);
}

addEventListener("dragover", event => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", event => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
addEventListener("drop", event => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const files = [...event.dataTransfer.files];
  const slot = event.target.closest?.(".slot");
  if (slot?.id === "source" && files[0]) draw.startFrom(files[0], files[0].name).catch(complain);
  else given(files).catch(complain);
});
addEventListener("paste", event => {
  const files = [...event.clipboardData.files];
  if (files.length) given(files).catch(complain);
});
addEventListener("keydown", event => {
  if (event.key === "Escape" && shown === "draw" && !document.querySelector("dialog[open]")) jobs.cancelChosen();
});
addEventListener("hashchange", () => {
  show();
  $("main").focus({preventScroll: true});
});

light();
show();
models.load().then(show).catch(complain);
draw.begin();
classify.begin();
chat.begin();
mix.begin();
search.begin();
