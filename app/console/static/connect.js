// Log in with Salesforce in a popup: opened by the click itself, led to a ticket, heard of by
// message from our own origin. A popup that lost sight of us (Salesforce may cut the tie) is asked
// about at the server instead.

const NAME = "inlay-connect";
const SIZE = "popup,width=560,height=720";
const ASK_EVERY_MS = 2000;
const ASK_FOR_MS = 15 * 60 * 1000;

// `call` is fetch, or what the frame uses in its place; `done` shows the form's page anew.
export async function openPopup(form, call, done) {
  const status = form.querySelector("[data-status]");
  const popup = window.open("about:blank", NAME, SIZE);
  if (popup === null) {
    status.textContent = form.dataset.blocked;
    return;
  }
  status.textContent = form.dataset.wait;
  const response = await call(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/problem+json, application/json" },
  });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) {
    popup.close();
    status.textContent = told.detail ?? "";
    return;
  }
  popup.location = told.url;
  if (await outcome(popup, told.attempt, call)) done();
}

// Whatever comes first: the popup's message, or the server's word.
function outcome(popup, attempt, call) {
  return new Promise((resolve) => {
    const until = Date.now() + ASK_FOR_MS;
    let timer = 0;
    const end = (known) => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
      resolve(known);
    };
    const hear = ({ origin, source, data }) => {
      if (origin === location.origin && source === popup && data?.inlay === "connect") end(true);
    };
    const ask = async () => {
      const response = await call(attempt, { headers: { Accept: "application/json" } }).catch(() => null);
      const told = response?.ok ? await response.json().catch(() => ({})) : {};
      if (told.outcome) end(true);
      else if (Date.now() > until) end(false);
      else timer = setTimeout(ask, ASK_EVERY_MS);
    };
    window.addEventListener("message", hear);
    timer = setTimeout(ask, ASK_EVERY_MS);
  });
}

for (const form of document.querySelectorAll("form[data-popup]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    openPopup(form, fetch.bind(window), () => location.assign(form.dataset.popup));
  });
}
