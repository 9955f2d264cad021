// A form that is under way is not sent a second time; its buttons show that.

const UNLESS_STOPPED_MS = 20_000;
const sent = new WeakSet();

// Runs `send` for a form unless it is under way; the form may be sent again once it has ended.
export async function under(form, send) {
  if (!begin(form)) return;
  try {
    await send();
  } finally {
    end(form);
  }
}

function begin(form) {
  if (sent.has(form)) return false;
  sent.add(form);
  mark(form, "true");
  return true;
}

function end(form) {
  sent.delete(form);
  mark(form, "false");
}

function mark(form, state) {
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", state);
}

// Outside Salesforce the browser itself sends; a reader who stops that may send again.
export function keepOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (!begin(form)) event.preventDefault();
    else setTimeout(end, UNLESS_STOPPED_MS, form);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) end(form);
  });
}
