/** Keeps the activity timeline fresh: asks every 2 s while the page is visible. */

const PERIOD_MS = 2000;
const list = document.querySelector("[data-timeline]");
const state = document.querySelector("[data-timeline-state]");

// Which version the page was made with.
let etag = list.dataset.etag;
let timer = 0;

function idsIn(root) {
  return new Set([...root.querySelectorAll("[data-id]")].map((item) => item.dataset.id));
}

/** Put the new HTML in place, marking what was not there before. */
function show(html) {
  const known = idsIn(list);
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  let added = 0;
  for (const item of fresh.querySelectorAll("[data-id]")) {
    if (known.has(item.dataset.id)) continue;
    item.classList.add("fresh");
    added += 1;
  }
  list.replaceChildren(...fresh.childNodes);
  if (added) state.textContent = added === 1 ? "1 new activity" : `${added} new activities`;
}

async function ask() {
  // The browser's own cache would turn a 304 into a 200; here the page wants to know.
  const headers = { "If-None-Match": etag };
  const answer = await fetch(list.dataset.timeline, { headers, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`timeline: ${answer.status}`);
  show(await answer.text());
  etag = answer.headers.get("ETag");
}

async function tick() {
  clearTimeout(timer);
  if (document.hidden) return;
  try {
    await ask();
    if (state.dataset.failed) state.textContent = "";
    delete state.dataset.failed;
  } catch {
    state.dataset.failed = "1";
    state.textContent = "Not up to date, retrying";
  }
  timer = setTimeout(tick, PERIOD_MS);
}

document.addEventListener("visibilitychange", tick);
timer = setTimeout(tick, PERIOD_MS);
