/** Calls to the org that the canvas parent makes for the app: signed requests, contexts, ajax. */

const API = "/services/";
const BODILESS = new Set(["GET", "HEAD"]);

/** What a callback says of a call that never reached the org, as of a failed XMLHttpRequest. */
const UNREACHED = { status: 0, statusText: "", payload: "", responseHeaders: "" };

/** The answer of a call in the words of a callback message. */
async function told(response) {
  const text = await response.text();
  const isJson = (response.headers.get("Content-Type") ?? "").includes("application/json");
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    status: response.status,
    statusText: response.statusText,
    payload: isJson && text ? JSON.parse(text) : text,
    responseHeaders: headers.join(""),
  };
}

async function call(url, options) {
  try {
    return await told(await fetch(url, { credentials: "omit", ...options }));
  } catch {
    return UNREACHED;
  }
}

/** A fresh signed request: its payload is {response, auxiliary}. Asked as the page's viewer. */
export function sign(url) {
  return call(url, { method: "PUT" });
}

/** The context for the app's own token. */
export function context(url, token) {
  const headers = { Accept: "application/json", Authorization: `OAuth ${token}` };
  return call(url, { method: "PUT", headers });
}

/** The path of an app's call on this org, or null for another place. */
export function pathOf(url) {
  let wanted;
  try {
    wanted = new URL(url, location.origin);
  } catch {
    return null;
  }
  const isHere = wanted.origin === location.origin && wanted.pathname.startsWith(API);
  return isHere ? wanted.pathname + wanted.search : null;
}

/** A call of the REST API with the headers that the app gave, its token among them. */
export async function ajax(url, config) {
  const path = pathOf(url);
  if (path === null) return UNREACHED;
  const method = String(config.method ?? "GET").toUpperCase();
  const headers = { "X-Devorg-Canvas": "ajax" };
  for (const [name, value] of Object.entries(config.headers ?? {})) headers[name] = String(value);
  if (config.contentType) headers["Content-Type"] ??= String(config.contentType);
  const hasBody = !BODILESS.has(method) && config.data !== null && config.data !== undefined;
  return call(path, { method, headers, body: hasBody ? String(config.data) : undefined });
}
