// Copies a link. Pages around a frame seldom pass the clipboard's right on; the old way needs none,
// and where it is gone too, the link stays selected for the reader to copy.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button === null) return;
  const field = document.getElementById(button.dataset.copy);
  field.focus();
  field.select();
  if (!document.execCommand("copy") && !(await written(field.value))) return;
  button.focus();
  button.firstChild.textContent = button.dataset.copied;
});

async function written(text) {
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  if (!navigator.clipboard || policy?.allowsFeature("clipboard-write") === false) return false;
  return navigator.clipboard.writeText(text).then(() => true, () => false);
}
