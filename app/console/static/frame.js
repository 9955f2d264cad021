// The console in Salesforce's frame: the same pages as outside, fetched with a bearer. No cookie,
// no storage; the bearer lives in this module and is renewed through the parent.

import { openPopup } from "./connect.js";
import "./copy.js";
import { under } from "./once.js";
import { keepPreviews } from "./preview.js";
import "./ticks.js";

const RENEW_BEFORE_S = 60;

const frame = JSON.parse(document.getElementById("session").textContent);
document.getElementById("session").remove();
const { CanvasClient, keepHeight } = await import(frame.urls.client);
const client = new CanvasClient(frame.client);
let bearer = frame.bearer;
let endsAt = 0;
let renewing = null;
let newest = null; // who asks for a page last is shown it, however late others are answered
const late = []; // answers to forms whose reader went on

class Trouble extends Error {
  constructor(title, detail) {
    super(detail);
    this.title = title;
  }
}

function take(session) {
  bearer = session.bearer;
  endsAt = Date.now() + session.seconds * 1000;
}

// One renewal at a time; all who ask meanwhile share it.
function renew() {
  renewing ??= renewed().finally(() => (renewing = null));
  return renewing;
}

async function renewed() {
  const signedRequest = await client.refreshSignedRequest().catch(() => {
    throw new Trouble(frame.texts.silentTitle, frame.texts.silent);
  });
  const response = await ask(frame.urls.renew, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/problem+json" },
    body: JSON.stringify({ signed_request: signedRequest }),
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Trouble(frame.texts.silentTitle, body.detail ?? "");
  take(body);
}

async function ask(url, options = {}) {
  const headers = { Accept: "text/html", ...options.headers, Authorization: `Bearer ${bearer}` };
  try {
    return await fetch(url, { ...options, headers, cache: "no-store", credentials: "omit" });
  } catch {
    throw new Trouble(frame.texts.offlineTitle, frame.texts.offline);
  }
}

// fetch() with the bearer; when it has ended, it is renewed and the call made once more.
async function call(url, options) {
  if (Date.now() > endsAt - RENEW_BEFORE_S * 1000) await renew();
  const response = await ask(url, options);
  if (response.status !== 401) return response;
  await renew();
  return ask(url, options);
}

// Shows what an address answers: a page, whatever its status. A page that nobody waits for any more
// is let go; what a form was answered is told all the same, since it was sent.
async function open(url, options = {}, { remember = true } = {}) {
  const isForm = options.method === "POST";
  newest?.abort();
  const mine = new AbortController();
  newest = mine;
  document.getElementById("console").setAttribute("aria-busy", "true");
  const signal = isForm ? null : mine.signal;
  try {
    const response = await call(url, { ...options, signal });
    const page = await pageOf(response);
    if (mine !== newest) return isForm ? tellLate(page, response.ok) : undefined;
    show(page.getElementById("console"), page.title);
    if (remember) note(response, isForm);
    lead(document.getElementById(new URL(response.url).hash.slice(1)));
  } catch (trouble) {
    if (mine === newest) complain(trouble);
    else if (isForm) tellLate(null, false);
  }
}

async function pageOf(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// A form that was refused is answered on the page where it stands, so that Back leads before it.
function note(response, isForm) {
  if (isForm && !response.redirected) return;
  const same = response.url === history.state?.url;
  history[same ? "replaceState" : "pushState"]({ url: response.url }, "");
}

// The answer to a form whose reader went on meanwhile: in a line above, the whole of it on request.
function tellLate(page, isDone) {
  const line = document.getElementById("late").content.cloneNode(true).firstElementChild;
  line.classList.add(isDone ? "good" : "bad");
  line.setAttribute("role", isDone ? "status" : "alert");
  line.querySelector("span").textContent = isDone ? frame.texts.lateDone : frame.texts.lateRefused;
  const button = line.querySelector("button");
  button.hidden = page === null;
  button.addEventListener("click", () => {
    show(page.getElementById("console"), page.title);
    lead(null);
  });
  late.push(line);
  if (document.getElementById("console").getAttribute("aria-busy") !== "true") placeLate();
}

function placeLate() {
  const main = document.getElementById("main");
  if (main !== null) main.prepend(...late.splice(0));
}

function show(fresh, title) {
  document.getElementById("console").replaceWith(document.adoptNode(fresh));
  document.title = title;
  placeLate();
}

// The keyboard goes to the part that was asked for, or to the page's start. Salesforce's page around
// us moves only when that is out of sight: focus alone would scroll it under the reader's pointer.
function lead(part) {
  (part ?? document.getElementById("main"))?.focus({ preventScroll: true });
  (part ?? document.getElementById("console").firstElementChild)?.scrollIntoView({ block: "nearest" });
}

function complain(trouble) {
  const calm = document.getElementById("trouble").content.cloneNode(true);
  calm.querySelector("h1").textContent = trouble.title ?? frame.texts.offlineTitle;
  calm.querySelector("p").textContent = trouble.message;
  const shown = document.createElement("div");
  shown.id = "console";
  shown.append(calm);
  show(shown, document.title);
  shown.querySelector("h1").focus();
}

// A file: fetched like a page, and handed to the browser to keep; a refusal is a page.
async function download(link) {
  const response = await call(link.href);
  if (!response.ok) {
    const page = await pageOf(response);
    show(page.getElementById("console"), page.title);
    return;
  }
  const file = document.createElement("a");
  file.href = URL.createObjectURL(await response.blob());
  file.download = link.download || "inlay.csv";
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10_000);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (link === null || !plain || link.origin !== location.origin) return;
  if (link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  if (link.hasAttribute("download")) download(link).catch(complain);
  else open(link.href);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.popup !== undefined) {
    openPopup(form, call, () => open(form.dataset.popup)).catch(complain);
    return;
  }
  const data = new FormData(form, event.submitter);
  const fields = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  const url = new URL(event.submitter?.getAttribute("formaction") ?? form.action, location.href);
  if (form.getAttribute("action") === null) url.href = history.state?.url ?? url.href;
  if (form.method === "post") {
    under(form, () => open(url, { method: "POST", body: fields }));
  } else {
    url.search = fields;
    open(url);
  }
});

window.addEventListener("popstate", ({ state }) => {
  if (state?.url) open(state.url, {}, { remember: false });
});

keepPreviews(call);
take(frame);
history.replaceState({ url: frame.urls.start }, "");
await open(frame.urls.start, {}, { remember: false });
keepHeight(client);
