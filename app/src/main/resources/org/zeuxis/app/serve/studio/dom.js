// Elements, made and found.

export const $ = id => document.getElementById(id);

/** An element with properties, attributes (aria-…, data-…, role) and listeners (on…) of these names. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Says it to who hears the page, without showing it. */
export function tell(text) {
  $("told").textContent = text;
}

/** Shows one line for a while; an error stays until it is closed. */
export function notice(text, {error = false, action = null, act = null} = {}) {
  const same = [...$("notices").children].find(each => each.firstChild.textContent === text);
  if (same) same.remove();
  const line = make("div", {className: error ? "notice error" : "notice", role: error ? "alert" : null},
    make("p", {}, text),
    action && make("button", {type: "button", className: "small", onclick: () => { line.remove(); act(); }}, action),
    make("button", {type: "button", className: "plain close", "aria-label": "Close", onclick: () => line.remove()}, "×"));
  $("notices").append(line);
  while ($("notices").children.length > 4) $("notices").firstChild.remove();
  if (!error) setTimeout(() => line.remove(), action ? 9000 : 5000);
}

/** Says what went wrong as it was said, unless it was wanted. */
export function complain(error) {
  if (error.name !== "AbortError") notice(error.message, {error: true});
}

/** Arrow keys, Home and End walk among the buttons of a list, of which only one is in the order of tabs. */
export function walkable(list, {vertical = true} = {}) {
  const buttons = () => [...list.querySelectorAll(":scope > li > button")];
  const enter = button => {
    for (const each of buttons()) each.tabIndex = each === button ? 0 : -1;
  };
  list.addEventListener("focusin", event => enter(event.target.closest("li > button")));
  list.addEventListener("keydown", event => {
    const all = buttons();
    const at = all.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = vertical ? all.filter(each => each.offsetTop === all[0].offsetTop).length : 1;
    const to = {
      ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1,
      ...vertical && {ArrowUp: at - columns, ArrowDown: at + columns}
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    next.focus();
    next.click();
  });
  return () => {
    const all = buttons();
    if (!all.some(each => each.tabIndex === 0)) all.forEach((each, i) => { each.tabIndex = i ? -1 : 0; });
  };
}

/** Asks for files of this machine. */
export function chooseFiles(multiple = false) {
  return new Promise(resolve => {
    const input = $("file");
    input.multiple = multiple;
    input.value = "";
    input.onchange = () => resolve([...input.files]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}

/** A file or picture as a data URI. */
export function dataUri(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error("this file could not be read"));
    reader.readAsDataURL(blob);
  });
}

/** The file of a data URI. */
export function blobOf(uri) {
  const [head, data] = uri.split(",");
  return new Blob([Uint8Array.from(atob(data), c => c.charCodeAt(0))], {type: head.slice(5).split(";")[0]});
}

/** The size of a picture. */
export async function sizeOf(blob, name = "this file") {
  try {
    const bitmap = await createImageBitmap(blob);
    const {width, height} = bitmap;
    bitmap.close();
    return {width, height};
  } catch (e) {
    throw new Error(`expected a PNG, JPEG or WebP picture, got ${name}, which this browser cannot show`);
  }
}
