// Calm pages: one button that asks the parent for a fresh start.

import { CanvasClient, keepHeight } from "./canvas-client.js";

const WAIT_MS = 3000;

const { client: named, sources } = JSON.parse(document.getElementById("session").textContent);
const client = new CanvasClient(named ?? clientOfAddress());
const hint = document.getElementById("hint");

// Salesforce names the parent after the # when it opens a page without a signed request. Anybody
// can write that, so the origin must be among those that may frame this page.
function clientOfAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const origin = parameters.get("target_origin") ?? "";
  const instanceId = parameters.get("instance_id") ?? window.name.replace(/^canvas-frame-/, "");
  return sources.some((source) => covers(source, origin)) ? { instanceId, targetOrigin: origin } : {};
}

// Whether a source of the policy, `https://*.example.com` or an origin, covers an origin.
function covers(source, origin) {
  if (!source.includes("://*.")) return source === origin;
  const [scheme, suffix] = source.split("://*");
  const pattern = /^[a-z0-9.-]+$/;
  const host = origin.startsWith(`${scheme}://`) ? origin.slice(scheme.length + 3) : "";
  return pattern.test(host) && host.endsWith(suffix);
}

document.getElementById("again")?.addEventListener("click", () => {
  client.repost();
  setTimeout(() => (hint.hidden = false), client.isFramed ? WAIT_MS : 0);
});

keepHeight(client);
