/** The page between the record page and the app: holds the app's frame, tells how tall it is. */

import { openCanvases } from "./canvas-parent.js";

const outer = document.body.dataset.outer;
const content = document.querySelector("main");
let told = 0;

new ResizeObserver(() => {
  const height = Math.ceil(content.getBoundingClientRect().height);
  if (height === told) return;
  told = height;
  parent.postMessage({ devorg: "height", height }, outer);
}).observe(content);

openCanvases();
