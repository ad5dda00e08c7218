// What of a picture is to be drawn anew, painted over it.
import {$} from "./dom.js";

const FAST = 4; // brushes a step with the shift key
const MOST_UNDO = 30;
const SHARP = 480; // pixels of the page, at least
const COLOUR = "rgb(178 58 34)";
const SHOWN = 0.55; // how much the paint hides

const canvas = $("mask");
const ink = document.createElement("canvas"); // what is painted; anything else is clear
let picture = null;
let cursor = {x: 0, y: 0};
let zoom = 1; // how much larger the page shows it
let last = null; // where the pointer was while it paints
let history = [];
let erases = false;

const pen = () => ink.getContext("2d", {willReadFrequently: true});
const brush = () => Number($("brush").value) / 100 * Math.max(ink.width, ink.height);

function show() {
  const g = canvas.getContext("2d");
  g.setTransform(zoom, 0, 0, zoom, 0, 0);
  g.globalAlpha = 1;
  g.drawImage(picture, 0, 0);
  g.globalAlpha = SHOWN;
  g.drawImage(ink, 0, 0);
  g.globalAlpha = 1;
  g.lineWidth = 1.5 / zoom * Math.max(1, ink.width / SHARP);
  for (const [colour, more] of [["#000", 0], ["#fff", g.lineWidth]]) {
    g.strokeStyle = colour;
    g.beginPath();
    g.arc(cursor.x, cursor.y, Math.max(0.5, brush() / 2 - more), 0, 7);
    g.stroke();
  }
}

function remember() {
  history.push(pen().getImageData(0, 0, ink.width, ink.height));
  if (history.length > MOST_UNDO) history.shift();
}

function stroke(from, to) {
  const g = pen();
  g.globalCompositeOperation = erases ? "destination-out" : "source-over";
  g.strokeStyle = COLOUR;
  g.lineCap = "round";
  g.lineWidth = brush();
  g.beginPath();
  g.moveTo(from.x, from.y);
  g.lineTo(to.x + 0.01, to.y);
  g.stroke();
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  return {x: (event.clientX - box.left) * ink.width / box.width, y: (event.clientY - box.top) * ink.height / box.height};
}

function undo() {
  if (history.length) pen().putImageData(history.pop(), 0, 0);
  show();
}

function clear() {
  remember();
  pen().clearRect(0, 0, ink.width, ink.height);
  show();
}

function invert() {
  remember();
  const g = pen();
  g.globalCompositeOperation = "xor";
  g.fillStyle = COLOUR;
  g.fillRect(0, 0, ink.width, ink.height);
  show();
}

function erase() {
  erases = !erases;
  $("erase").setAttribute("aria-pressed", erases);
}

function size(by) {
  $("brush").value = Number($("brush").value) + by;
  $("brush-says").value = $("brush").value;
  show();
}

function key(event) {
  const step = brush() / 2 * (event.shiftKey ? FAST : 1);
  const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
  const letter = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && letter === "z") undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (moves[event.key]) {
    const [x, y] = moves[event.key];
    cursor = {x: Math.max(0, Math.min(ink.width, cursor.x + x * step)), y: Math.max(0, Math.min(ink.height, cursor.y + y * step))};
  } else if (event.key === " ") {
    remember();
    stroke(cursor, cursor);
  } else if (letter === "e") erase();
  else if (letter === "i") invert();
  else if (letter === "[" || letter === "]") size(letter === "[" ? -2 : 2);
  else return;
  event.preventDefault();
  show();
}

/** OpenAI's form of a mask: clear where the picture is drawn anew; null if nothing is painted. */
function made() {
  const g = pen();
  const data = g.getImageData(0, 0, ink.width, ink.height);
  let any = false;
  for (let i = 0; i < data.data.length; i += 4) {
    const painted = data.data[i + 3] > 127;
    any ||= painted;
    data.data.set([0, 0, 0, painted ? 0 : 255], i);
  }
  if (!any) return null;
  const out = document.createElement("canvas");
  out.width = ink.width;
  out.height = ink.height;
  out.getContext("2d").putImageData(data, 0, 0);
  return new Promise(resolve => out.toBlob(resolve, "image/png"));
}

/** Opens the dialog; gives the mask, or null. */
export async function paint(source) {
  if ($("painting").open) return null;
  const same = picture?.blob === source.blob && source.mask;
  if (!same) {
    picture = await createImageBitmap(source.blob);
    picture.blob = source.blob;
    zoom = Math.max(1, Math.ceil(SHARP / Math.max(source.width, source.height)));
    Object.assign(ink, {width: source.width, height: source.height});
    Object.assign(canvas, {width: zoom * source.width, height: zoom * source.height});
    history = [];
    cursor = {x: source.width / 2, y: source.height / 2};
  }
  $("brush-says").value = $("brush").value;
  show();
  $("painting").returnValue = "";
  $("painting").showModal();
  canvas.focus();
  await new Promise(resolve => $("painting").addEventListener("close", resolve, {once: true}));
  return $("painting").returnValue === "yes" ? made() : null;
}

canvas.addEventListener("pointerdown", event => {
  canvas.setPointerCapture(event.pointerId);
  remember();
  last = cursor = place(event);
  stroke(last, last);
  show();
});
canvas.addEventListener("pointermove", event => {
  cursor = place(event);
  if (last) {
    stroke(last, cursor);
    last = cursor;
  }
  show();
});
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { last = null; });
canvas.addEventListener("keydown", key);
$("brush").addEventListener("input", () => size(0));
$("erase").addEventListener("click", erase);
$("undo").addEventListener("click", undo);
$("invert").addEventListener("click", invert);
$("blank").addEventListener("click", clear);
