/** A page that holds frames of canvas apps itself. */

import { openCanvases } from "./canvas-parent.js";

openCanvases();
