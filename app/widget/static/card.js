// The card: puts the parts together and answers what the reader does.

import { keepHeight } from "./canvas-client.js";
import { watch } from "./changes.js";
import { copyLink, createDestination } from "./destination.js";
import { hideBanner, showBanner, showCalm, toast } from "./notices.js";
import { clientFor } from "./sdk-client.js";
import { Session } from "./session.js";
import { kindOf, merge, showKind, showOlder } from "./timeline.js";
import { whyPanel } from "./why.js";

const frame = JSON.parse(document.getElementById("session").textContent);
document.getElementById("session").remove();
const client = clientFor(frame.client);
const session = new Session(frame, client);
const card = document.getElementById("card");
const stage = document.getElementById("stage");

const changes = watch(session, frame.version, async () => {
  const response = await session.fetch(`${session.urls.card}&kind=${kindOf(card)}`);
  return show(response);
});

async function show(response) {
  update(await response.text());
  return response.headers.get("ETag");
}

// Replaces the parts that differ, and leaves the reader's place and focus alone.
function update(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of fresh.content.querySelectorAll("[data-part]")) {
    const shown = card.querySelector(`[data-part="${part.dataset.part}"]`);
    if (shown === null || shown.innerHTML === part.innerHTML) continue;
    const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
    if (part.dataset.part === "timeline") {
      if (merge(shown, part)) toast(session.texts.newActivity, shown.querySelector("header"));
    } else {
      shown.replaceWith(part);
    }
    if (focused) document.getElementById(focused)?.focus();
  }
}

function reload() {
  client.repost();
  setTimeout(() => toast(session.texts.reloadPage), 3000);
}

// Salesforce's trouble leaves the card while the proven rights last; a refusal takes it away.
function onTrouble({ detail: problem }) {
  const silent = problem.reason === "parent_silent";
  const [label, act] = silent
    ? [session.texts.reload, reload]
    : [session.texts.retry, () => session.renew().catch(() => {})];
  if (problem.isRefusal || session.isOver) {
    changes.stop();
    showCalm(problem, session.texts.reload, reload);
  } else {
    showBanner(problem.detail, label, act);
  }
}

session.addEventListener("trouble", onTrouble);
session.addEventListener("over", () => {
  // the rights that were proven have ended: hidden pages are renewed when looked at again
  stage.hidden = true;
});
session.addEventListener("renewed", ({ detail }) => {
  hideBanner();
  update(detail.card);
  changes.shows(detail.version);
  stage.hidden = false;
});

const actions = {
  create: async (button) => changes.shows(await createDestination(button, session, show)),
  copy: (button) => copyLink(button, session.texts),
  older: (button) => showOlder(button, session),
  ...whyPanel(session),
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-action]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await actions[button.dataset.action]?.(button);
  } catch (problem) {
    toast(problem.detail ?? session.texts.trouble);
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

card.addEventListener("change", async (event) => {
  if (event.target.id !== "kind") return;
  try {
    await showKind(event.target, session);
  } catch (problem) {
    toast(problem.detail ?? session.texts.trouble);
  }
});

keepHeight(client);
