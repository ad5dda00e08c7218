// A dialogue about pictures.
import {$, make, complain, chooseFiles, dataUri, sizeOf} from "./dom.js";
import {ask, asJson, events} from "./server.js";
import {urlOf} from "./easel.js";
import {offer} from "./models.js";

const PATH = "/v1/chat/completions";
let said = []; // messages, in OpenAI's form
let pictures = []; // to be shown with the next words

export async function take(file) {
  await sizeOf(file, file.name);
  pictures.push(file);
  thumbs();
}

function thumbs() {
  $("chat-shown").replaceChildren(...pictures.map(file => make("img", {src: urlOf(file), alt: file.name || "Picture"})));
}

async function go() {
  const words = $("say").value.trim();
  if (!words && !pictures.length) return;
  const parts = [];
  for (const file of pictures) parts.push({type: "image_url", image_url: {url: await dataUri(file)}});
  if (words) parts.push({type: "text", text: words});
  const message = {role: "user", content: parts};
  const answer = make("p", {}, "…");
  const line = make("li", {className: "mine"}, ...pictures.map(file => make("img", {src: urlOf(file), alt: file.name || "Picture"})), make("p", {}, words));
  const reply = make("li", {}, answer);
  $("said").append(line, reply);
  try {
    const stream = await ask(PATH, asJson({model: $("chat-model").value, messages: [...said, message], stream: true}));
    let text = "";
    for await (const {data} of events(stream)) {
      if (data === "[DONE]") break;
      const part = JSON.parse(data);
      if (part.error) throw new Error(part.error.message);
      text += part.choices?.[0]?.delta?.content ?? "";
      answer.textContent = text || "…";
    }
    said.push(message, {role: "assistant", content: text});
    pictures = [];
    $("say").value = "";
    thumbs();
  } catch (error) {
    line.remove();
    reply.remove();
    throw error;
  }
}

export function shown() {
  const there = offer("chat-model", "chat");
  $("chat-none").hidden = there;
  $("chat-room").hidden = !there;
}

export function begin() {
  $("chat-add").addEventListener("click", async () => {
    for (const file of await chooseFiles(true)) take(file).catch(complain);
  });
  $("chat-again").addEventListener("click", () => {
    said = [];
    $("said").replaceChildren();
  });
  $("chat-form").addEventListener("submit", event => {
    event.preventDefault();
    go().catch(complain);
  });
  $("say").addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    $("chat-form").requestSubmit();
  });
}
