// "Why is this not in Salesforce?": takes the card's place until the reader goes back.

export function whyPanel(session) {
  const panel = document.getElementById("why");
  const card = document.getElementById("card");
  const opener = document.getElementById("why-open");
  if (panel === null) return null;
  const heading = panel.querySelector("h2");
  const answer = panel.querySelector("[data-answer]");
  const said = panel.querySelector("[data-said]");
  let asked = 0;

  function turnTo(isOpen) {
    panel.hidden = !isOpen;
    card.hidden = isOpen;
    opener.hidden = isOpen;
  }

  function open() {
    turnTo(true);
    heading.focus();
    fill("why-waiting");
    return ask();
  }

  // What comes after the reader went back, or asked once more, is let go.
  async function ask() {
    asked += 1;
    const mine = asked;
    try {
      const response = await session.fetch(session.urls.why);
      const html = await response.text();
      if (mine === asked) show(html);
    } catch (problem) {
      if (mine === asked) fail(problem);
    }
  }

  function back() {
    asked += 1;
    turnTo(false);
    answer.replaceChildren();
    said.textContent = "";
    opener.focus();
  }

  async function retry() {
    const mine = asked;
    const response = await session.fetch(session.urls.retry, { method: "POST" });
    const html = await response.text();
    if (mine !== asked) return;
    show(html);
    heading.focus();
  }

  function show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    said.textContent = fresh.content.firstElementChild.dataset.said;
    answer.replaceChildren(fresh.content);
  }

  function fail(problem) {
    fill("why-trouble");
    answer.querySelector("strong").textContent = problem.title ?? session.texts.troubleTitle;
    answer.querySelector("span").textContent = problem.detail ?? session.texts.trouble;
    said.textContent = answer.querySelector("p").textContent;
  }

  function fill(template) {
    answer.replaceChildren(document.getElementById(template).content.cloneNode(true));
    said.textContent = answer.textContent.trim();
  }

  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") back();
  });
  // rights were proven anew: what is shown must be within them
  session.addEventListener("renewed", () => panel.hidden || ask());
  return { why: open, back, retry };
}
