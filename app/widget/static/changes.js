// Asks every few seconds, while the page is looked at, whether anything changed.

const EVERY_MS = 4500; // "within five seconds" with the time of the answers
const SLOWEST_MS = 60000;

// `version` is the ETag of what is shown; `changed` shows what is new and returns its ETag.
export function watch(session, version, changed) {
  let etag = version;
  let delay = EVERY_MS;
  let timer = 0;
  let stopped = false;

  const plan = () => {
    clearTimeout(timer);
    if (!stopped && !document.hidden) timer = setTimeout(ask, delay);
  };

  const ask = async () => {
    try {
      const headers = { "If-None-Match": etag };
      const response = await session.fetch(session.urls.changes, { headers });
      delay = EVERY_MS;
      if (response.status !== 304) {
        etag = await changed();
      }
    } catch {
      delay = Math.min(delay * 2, SLOWEST_MS); // the session tells the reader
    }
    plan();
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? plan() : soon()));
  const soon = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(ask, 200);
  };
  plan();
  return {
    shows: (version) => (etag = version),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
