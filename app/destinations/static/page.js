// Tells the sender that this page is looked at, unless the visitor objects.
const FIRST = 1000, BEAT = 5000, TICK = 500, IDLE = 300000, QUIET = 110000;
const find = (what) => document.querySelector(what);
const address = find("main").dataset.page, button = find("aside button");
const inView = new Set(), dwelt = new Map();
let off, load, born, ticked, touched, last, visible, steps, count, underWay, input = false;

const now = () => performance.now() | 0;
const note = (kind, target = "") => steps.push({ id: ++count, kind, target, at: now() - born });

function begin() {
  const parts = [...crypto.getRandomValues(new Uint32Array(4))];
  load = parts.map((part) => part.toString(16).padStart(8, 0)).join("");
  born = ticked = touched = now();
  last = visible = count = 0;
  steps = [];
  dwelt.clear();
  note("view");
}

function tick() {
  const passed = Math.min(now() - ticked, 4 * TICK);
  ticked = now();
  if (off || document.hidden || ticked - touched > IDLE) return;
  if (last && ticked - last > QUIET) begin(); // it ended by silence
  visible += passed;
  for (const block of inView) {
    const before = dwelt.get(block) || 0;
    dwelt.set(block, before + passed);
    if (before < FIRST && before + passed >= FIRST) note("block_seen", block.dataset.block);
  }
  if (!last || ticked - last >= BEAT) tell();
}

function tell(bye = false) {
  if (off || visible < FIRST) return;
  last = now();
  const told = steps.slice(0, 50), automated = !!navigator.webdriver;
  const body = JSON.stringify({ load, age: last - born, visible, automated, input, bye, steps: told });
  if (bye || document.hidden) return navigator.sendBeacon(address + "/beacon", body);
  underWay = fetch(address + "/beacon", { method: "POST", body, keepalive: true }).then((answer) => {
    if (answer.ok) steps = steps.filter((step) => !told.includes(step));
    if ([403, 404].includes(answer.status)) off = true;
  }, () => {}); // told with the next
}

function stop() {
  off = button.hidden = true;
  const said = find("aside p");
  said.textContent = said.dataset.off;
  return said;
}

async function refuse() {
  stop().focus();
  await underWay;
  if (last) navigator.sendBeacon(address + "/refusal", JSON.stringify({ load }));
}

function act({ target, button }) {
  const id = target.closest("[data-step]")?.dataset.step;
  if (!id || button > 1) return;
  note(id[0] === "d" ? "document_opened" : "link_clicked", id);
  tell();
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  form.load.value = off ? "" : load;
  if (off) form.refused.value = 1; // then the sender is who they say
  const body = new URLSearchParams(new FormData(form)), headers = { "X-Inlay-Part": "form" };
  const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => 0);
  if (![200, 422].includes(answer.status)) return form.submit();
  find("#contact").outerHTML = await answer.text();
  (find("[aria-invalid]") || find("#contact")).focus();
}

const watcher = new IntersectionObserver((entries) => {
  for (const { target, intersectionRatio: part, intersectionRect: { height } } of entries) {
    inView[part >= .5 || height >= innerHeight / 2 ? "add" : "delete"](target);
  }
}, { threshold: [.1, .2, .3, .4, .5] });

begin();
if (navigator.globalPrivacyControl || /[?&]preview/.test(location.search)) stop();
else button.hidden = false;
document.querySelectorAll("[data-block]").forEach((block) => watcher.observe(block));
button.onclick = refuse;
onclick = onauxclick = act;
for (const kind of ["pointermove", "pointerdown", "keydown", "wheel"])
  addEventListener(kind, ({ isTrusted }) => {
    touched = now();
    input ||= isTrusted;
  });
addEventListener("submit", send);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) tell();
  else ticked = now();
});
addEventListener("pagehide", () => (tick(), tell(true)));
addEventListener("pageshow", ({ persisted }) => persisted && begin());
setInterval(tick, TICK);
