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

// Pages around us seldom pass the clipboard's right on. The old way of copying needs none; where it
// is gone too, what is to be copied is selected for the reader.
export async function copyLink(button, texts) {
  const field = document.getElementById(button.dataset.field);
  const isText = button.dataset.what === "text";
  field.focus();
  field.select();
  if (document.execCommand("copy") || await written(field.value)) {
    button.focus();
    toast(isText ? texts.textCopied : texts.copied);
  } else toast(isText ? texts.textByHand : texts.copyByHand);
}

async function written(text) {
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  if (!navigator.clipboard || policy?.allowsFeature("clipboard-write") === false) return false;
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}
