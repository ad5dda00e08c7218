// The server: asked with the token, its errors as it says them, whether it is there.

const TOKEN = "token"; // of this tab
const PAUSE = 1500; // between tries while it does not reply
const listeners = new Set();
let asking = null; // for a token
let there = true;

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** An answer that is no. */
export class Refused extends Error {
  constructor(status, said) {
    super(said.message);
    this.status = status;
    this.code = said.code;
  }
}

/** It did not reply at all. */
export class Away extends Error {
  constructor() {
    super("The server does not reply; is “zeuxis serve” still running?");
  }
}

/** Told whenever the server goes or comes back. */
export function onState(listener) {
  listeners.add(listener);
}

function state(now) {
  if (there === now) return;
  there = now;
  for (const listener of listeners) listener(now);
  if (!now) waitForIt();
}

async function waitForIt() {
  while (!there) {
    await pause(PAUSE);
    try {
      if ((await fetch("/readyz")).ok) state(true);
    } catch (e) {
      // still away
    }
  }
}

function askForToken(why) {
  asking ??= new Promise(resolve => {
    const dialog = document.getElementById("asking");
    document.getElementById("asking-why").textContent = why;
    document.getElementById("token").value = "";
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(TOKEN, document.getElementById("token").value.trim());
      asking = null;
      resolve(dialog.returnValue === "yes");
      dialog.returnValue = "";
    }, {once: true});
    dialog.showModal();
  });
  return asking;
}

async function refusal(reply) {
  let said = {message: `the server answered ${reply.status}`};
  try {
    said = (await reply.json()).error ?? said;
  } catch (e) {
    // no JSON: something between it and this page
  }
  return new Refused(reply.status, said);
}

/** Asks, and asks for a token if that is wanted. */
export async function ask(path, options = {}) {
  for (;;) {
    const headers = new Headers(options.headers);
    const token = sessionStorage.getItem(TOKEN);
    if (token) headers.set("Authorization", "Bearer " + token);
    let reply;
    try {
      reply = await fetch(path, {...options, headers});
    } catch (e) {
      if (e.name === "AbortError") throw e;
      state(false);
      throw new Away();
    }
    state(true);
    if (reply.ok) return reply;
    const refused = await refusal(reply);
    if (reply.status !== 401) throw refused;
    const why = token ? refused.message : "It is kept until this tab is closed.";
    if (!await askForToken(why)) throw refused;
  }
}

export async function askJson(path, options) {
  return (await ask(path, options)).json();
}

export const asJson = (body, more = {}) => ({
  method: "POST", headers: {"Content-Type": "application/json", ...more}, body: JSON.stringify(body)
});

/** What is sent event by event. */
export async function* events(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      let name = "message";
      const data = [];
      for (const line of part.split("\n")) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
      }
      if (data.length) yield {name, data: data.join("\n")};
    }
  }
}

/** Follows a job to its end, over any time that the server is away; gives its last status. */
export async function follow(id, {progress, preview}) {
  const path = "/v1/zeuxis/jobs/" + id;
  for (;;) {
    try {
      for await (const {name, data} of events(await ask(path + "/events"))) {
        const said = JSON.parse(data);
        if (name === "end") return said;
        if (name === "progress") progress(said);
        if (name === "preview") preview(said);
      }
    } catch (e) {
      if (e instanceof Refused) throw e;
      state(false);
    }
    await pause(PAUSE);
  }
}

export const cancel = id => ask("/v1/zeuxis/jobs/" + id, {method: "DELETE"});
