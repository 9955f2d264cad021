/** The record page around a canvas host: gives its frame the height that the host has. */

const MAX_HEIGHT = 16000;
const frame = document.querySelector("[data-canvas-host]");

if (frame) {
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== frame.dataset.origin) return;
    if (data?.devorg !== "height" || !Number.isFinite(data.height)) return;
    frame.style.height = `${Math.min(Math.max(data.height, 0), MAX_HEIGHT)}px`;
  });
}
