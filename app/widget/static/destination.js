// One click makes the Destination; another copies its link.

import { toast } from "./notices.js";

export async function createDestination(button, session, show) {
  const label = button.textContent;
  button.textContent = session.texts.creating;
  try {
    const response = await session.fetch(session.urls.destinations, { method: "POST" });
    const version = await show(response);
    toast(response.status === 201 ? session.texts.created : session.texts.opened);
    document.querySelector('[data-part="destination"] button[data-action="copy"]')?.focus();
    return version;
  } finally {
    button.textContent = label;
  }
}

// A frame may be denied the clipboard: then the link is selected for the reader to copy.
export async function copyLink(button, texts) {
  const field = document.getElementById(button.dataset.field);
  try {
    await navigator.clipboard.writeText(field.value);
    toast(texts.copied);
  } catch {
    field.focus();
    field.select();
    toast(texts.copyByHand);
  }
}
