// Lines of the log that are ticked: all at once, and how many. Without a script one by one.

function lines() {
  return [...document.querySelectorAll("input[form=ticked][name=seq]")];
}

document.addEventListener("change", ({ target }) => {
  if (target.id === "tick-all") {
    for (const line of lines()) line.checked = target.checked;
  } else if (target.getAttribute("form") !== "ticked") return;
  const all = lines();
  const ticked = all.filter((line) => line.checked).length;
  const told = document.querySelector("[data-ticked]");
  told.textContent = ticked ? told.dataset.ticked.replace("{n}", ticked) : "";
  const whole = document.getElementById("tick-all");
  whole.checked = ticked === all.length;
  whole.indeterminate = ticked > 0 && ticked < all.length;
});
