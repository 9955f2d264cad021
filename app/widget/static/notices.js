// What the page says in passing (toasts) and what stays until it is solved (the banner).

const TOAST_MS = 5000;

// Below what it is about: a frame grows with its content, so its own edges may be out of sight.
export function toast(text, near = document.activeElement) {
  const area = document.getElementById("toasts");
  const about = near === document.body ? document.getElementById("frame") : near;
  const { top, height } = about.getBoundingClientRect();
  area.style.top = `${Math.round(window.scrollY + top + (near === document.body ? 8 : height + 8))}px`;
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = text;
  area.replaceChildren(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

// A banner with one button. `act` may be null.
export function showBanner(text, label, act) {
  const banner = document.getElementById("banner");
  const line = document.createElement("p");
  line.textContent = text;
  banner.replaceChildren(line);
  if (act !== null) banner.append(button(label, act, "button"));
  banner.hidden = false;
}

export function hideBanner() {
  const banner = document.getElementById("banner");
  banner.hidden = true;
  banner.replaceChildren();
}

// Takes everything off the screen and says why.
export function showCalm({ title, detail, reason }, label, act) {
  const calm = document.getElementById("calm").content.cloneNode(true);
  calm.querySelector("h1").textContent = title;
  calm.querySelector("[data-detail]").textContent = detail;
  calm.querySelector("[data-reason]").textContent = reason;
  calm.querySelector("[data-actions]").append(button(label, act, "button brand"));
  document.getElementById("frame").replaceChildren(calm);
  document.getElementById("frame").querySelector("h1").focus();
}

function button(label, act, className) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = label;
  element.addEventListener("click", act);
  return element;
}
