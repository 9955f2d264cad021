// The timeline: filter by kind, older pages, and new rows on top of what is already shown.

export function kindOf(card) {
  return encodeURIComponent(card.querySelector("#kind")?.value ?? "");
}

export async function showKind(select, session) {
  const part = select.closest("[data-part]");
  part.setAttribute("aria-busy", "true");
  try {
    const response = await session.fetch(`${session.urls.timeline}?kind=${encodeURIComponent(select.value)}`);
    const fresh = parse(await response.text());
    list(part).replaceChildren(...fresh.rows);
    replaceFoot(part, fresh.foot);
  } finally {
    part.removeAttribute("aria-busy");
  }
}

export async function showOlder(button, session) {
  const part = button.closest("[data-part]");
  const kind = encodeURIComponent(part.querySelector("#kind")?.value ?? "");
  const before = encodeURIComponent(button.dataset.before);
  const response = await session.fetch(`${session.urls.timeline}?kind=${kind}&before=${before}`);
  const fresh = parse(await response.text());
  const first = fresh.rows[0];
  list(part).append(...fresh.rows);
  replaceFoot(part, fresh.foot);
  if (first) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
}

// Puts a fresh first page over the shown rows, keeping older ones; true if there are new rows.
export function merge(shown, fresh) {
  const known = new Map([...list(shown).children].map((row) => [row.dataset.event, row]));
  const rows = [...list(fresh).children];
  const isNew = rows.some((row) => !known.has(row.dataset.event));
  if (known.size <= rows.length || list(shown).dataset.kind !== list(fresh).dataset.kind) {
    const select = shown.querySelector("#kind");
    const chosen = select?.value;
    shown.replaceChildren(...fresh.childNodes);
    const now = shown.querySelector("#kind");
    if (now && chosen !== undefined) now.value = chosen;
    return isNew && known.size > 0;
  }
  for (const row of rows) known.delete(row.dataset.event);
  list(shown).replaceChildren(...rows, ...known.values());
  return isNew;
}

function list(part) {
  return part.querySelector("ol");
}

function replaceFoot(part, foot) {
  part.querySelector("[data-foot]").replaceWith(foot);
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return {
    rows: [...template.content.querySelectorAll("ol > li")],
    foot: template.content.querySelector("[data-foot]"),
  };
}
