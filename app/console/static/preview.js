// While somebody types, the server renders what they would get; the frame that shows it has no
// rights at all. Without this script the form's own button does the same.

const AFTER_MS = 400;

// `call` is fetch, or what stands in its place inside Salesforce.
export function keepPreviews(call) {
  let timer = 0;
  let latest = 0;
  const show = async (form) => {
    const mine = ++latest;
    const response = await call(form.dataset.preview, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    }).catch(() => null);
    if (!response?.ok || mine !== latest) return;
    const told = await response.json();
    // inside Salesforce another page may stand there by now
    const shown = document.getElementById(form.dataset.shown);
    if (mine === latest && shown !== null) shown.srcdoc = told.html;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-preview]");
    if (form === null) return;
    clearTimeout(timer);
    timer = setTimeout(show, AFTER_MS, form);
  });
}
