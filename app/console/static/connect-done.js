// Tells whoever opened this window how it ended, at our own origin alone, and closes.

const told = JSON.parse(document.getElementById("told").textContent);
window.opener?.postMessage({ inlay: "connect", outcome: told.outcome }, told.origin);
if (told.outcome === "connected" && window.opener) window.close();
