/**
 * The parent's side of Salesforce Canvas: opens the app by posting a signed request into its
 * frame, and answers the messages of the app's client (ajax, ctx, resize, refresh, repost,
 * subscribe, unsubscribe, publish).
 *
 * Messages are JSON text. Only those of the frame's own window, from the canvas app's origin
 * and for this instance are read; answers go to that origin and nowhere else. A message of
 * another type is not answered, as by Salesforce's script, but the org is told of it, so that
 * "What happened" can show it.
 */

import { ajax, context, pathOf, sign } from "./canvas-calls.js";
import { CanvasEvents } from "./canvas-events.js";

const PARENT_VERSION = "68.0";
const MIN_HEIGHT = 120;
const MAX_HEIGHT = 6000;
const MAX_MESSAGE = 1 << 20;
const MAX_NOTES = 20;
const APPROVAL = "User approval required";

/** A height such as "640px" in pixels, or null for anything else. */
function pixels(text) {
  const match = /^(\d{1,7}(?:\.\d+)?)(?:px)?$/.exec(String(text ?? "").trim());
  return match ? Math.ceil(Number(match[1])) : null;
}

/** What a signed request says; the page does not need to check its own org's signature. */
function envelopeOf(signedRequest) {
  const payload = atob(signedRequest.split(".")[1]);
  const bytes = Uint8Array.from(payload, (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** False for a request without a token: its user has not approved the app. */
function isApproved(signedRequest) {
  return envelopeOf(signedRequest).client.oauthToken !== null;
}

/** The address that Salesforce opens by GET instead: the app shall ask for approval there. */
function askingAddress(url, signedRequest, instance) {
  const login = encodeURIComponent(envelopeOf(signedRequest).context.links.loginUrl);
  const query = `_sfdc_canvas_auth=user_approval_required&loginUrl=${login}`;
  const target = `target_origin=${encodeURIComponent(location.origin)}&instance_id=${instance}`;
  const base = url.replace(/#.*$/, "");
  return `${base}${base.includes("?") ? "&" : "?"}${query}#${target}`;
}

class CanvasParent {
  #card;
  #frame;
  #form;
  #body;
  #error;
  #events;
  #clientVersion;
  #last = "";
  #wanted = 0;
  #drawing = false;
  #noted = new Set();

  #answers = {
    ajax: (body, seq) => this.#ajax(body, seq),
    ctx: (body, seq) => this.#ctx(body, seq),
    resize: (body) => this.#resize(body.size),
    refresh: (_, seq) => this.#refresh(seq),
    repost: (body) => this.#repost(Boolean(body.refresh)),
    subscribe: (body) => this.#events.subscribe(this, body.subscriptions ?? {}),
    unsubscribe: (body) => this.#events.unsubscribe(this, body.subscriptions ?? {}),
    publish: (body) => this.#publish(body.event),
  };

  constructor(card, events) {
    this.#card = card;
    this.#events = events;
    this.#frame = card.querySelector("iframe");
    this.#form = card.querySelector("form");
    this.#body = card.querySelector("[data-canvas-body]");
    this.#error = card.querySelector("[data-canvas-error]");
    events.add(this);
    card.querySelector("[data-canvas-retry]").addEventListener("click", () => this.open());
    if (!("deaf" in card.dataset)) addEventListener("message", (event) => this.#hear(event));
  }

  get instance() {
    return this.#card.dataset.instance;
  }

  /** Post a fresh signed request into the frame, or say that there is none. */
  async open() {
    this.#error.hidden = true;
    this.#body.hidden = false;
    this.#body.setAttribute("aria-busy", "true");
    const { status, payload } = await sign(this.#card.dataset.sign);
    if (status === 200) {
      this.#last = payload.response;
      this.#show();
    } else {
      this.#error.hidden = false;
      this.#body.hidden = true;
    }
  }

  /** The request goes into the frame by POST; without a token nothing but a GET does. */
  #show() {
    if (isApproved(this.#last)) this.#post();
    else this.#ask();
  }

  #ask() {
    const url = askingAddress(this.#card.dataset.url, this.#last, this.instance);
    // A frame of its own: the same address again would but scroll within the page there.
    const fresh = this.#frame.cloneNode();
    fresh.addEventListener("load", () => this.#body.removeAttribute("aria-busy"), { once: true });
    fresh.src = url;
    this.#frame.replaceWith(fresh);
    this.#frame = fresh;
  }

  #post() {
    this.#frame.addEventListener("load", () => this.#body.removeAttribute("aria-busy"), {
      once: true,
    });
    this.#form.elements.signed_request.value = this.#last;
    this.#form.submit();
    this.#form.elements.signed_request.value = "";
  }

  #hear({ source, origin, data }) {
    if (source !== this.#frame.contentWindow) return;
    const message = this.#read(data);
    if (!message) return;
    const { seq, body } = message;
    if (origin !== this.#card.dataset.origin) {
      this.#note(message, `it came from ${origin}`);
    } else if (body?.config?.client?.instanceId !== this.instance) {
      this.#note(message, "its config.client.instanceId is not that of this frame");
    } else if (Object.hasOwn(this.#answers, body.type)) {
      this.#clientVersion = message.clientVersion;
      this.#answers[body.type](body, seq);
    } else {
      this.#note(message, "there is no message of this type");
    }
  }

  /** The message, or null for what is none of a canvas client. */
  #read(data) {
    if (typeof data !== "string" || data.length > MAX_MESSAGE) return null;
    try {
      const message = JSON.parse(data);
      return message?.targetModule === "Canvas" && message.src === "client" ? message : null;
    } catch {
      return null;
    }
  }

  /** Tell the org once of each kind of message that is not answered. */
  #note(message, why) {
    const type = String(message.body?.type);
    if (this.#noted.size >= MAX_NOTES || this.#noted.has(type + why)) return;
    this.#noted.add(type + why);
    const body = JSON.stringify({ type, why, message });
    const headers = { "Content-Type": "application/json" };
    fetch(this.#card.dataset.note, { method: "POST", headers, body }).catch(() => {});
  }

  async #ajax({ url, config }, seq) {
    if (pathOf(url) === null) this.#note({ body: { type: "ajax", url } }, "not a call of this org");
    this.#answer(seq, await ajax(url, config));
  }

  async #ctx({ accessToken }, seq) {
    this.#answer(seq, await context(this.#card.dataset.context, accessToken));
  }

  /** Many sizes within one picture become one change of the layout. The width is the column's. */
  #resize(size) {
    const height = pixels(size?.height);
    if (height === null) return;
    this.#wanted = Math.min(Math.max(height, MIN_HEIGHT), MAX_HEIGHT);
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      const drawn = `${this.#wanted}px`;
      this.#frame.style.height = drawn;
      this.#events.publish({ name: "canvas.resize", payload: { height: drawn } }, this);
    });
  }

  /** A new page in the frame knows nothing of what the old one subscribed to. */
  async #repost(refresh) {
    this.#events.unsubscribeAll(this);
    if (refresh) await this.open();
    else this.#show();
  }

  /** As in Salesforce, a later `repost` without refresh posts the first request again. */
  async #refresh(seq) {
    const answer = await sign(this.#card.dataset.sign);
    if (answer.status === 200 && !isApproved(answer.payload.response)) {
      this.#answer(seq, { ...answer, status: 403, statusText: APPROVAL, payload: {} });
      return;
    }
    if (answer.status === 200) {
      this.#answer(seq, answer);
      return;
    }
    const message = `signed request: ${answer.status}`;
    this.#answer(seq, { ...answer, payload: [{ errorCode: "UNKNOWN_EXCEPTION", message }] });
  }

  #publish(event) {
    if (event?.name === undefined) return;
    const { name, payload, target } = event;
    // An app may name canvases as its target, but no other frames of the page.
    const { canvas } = target ?? {};
    this.#events.publish({ name, payload, target: target ? { canvas } : undefined });
  }

  /** Pass an event on to the app. */
  tell(event) {
    this.#send({ type: "event", payload: event });
  }

  #answer(seq, answer) {
    this.#send({ type: "callback", seq, ...answer });
  }

  #send(message) {
    const versions = { parentVersion: PARENT_VERSION, clientVersion: this.#clientVersion };
    const text = JSON.stringify({ ...versions, ...message, targetModule: "Canvas" });
    this.#frame.contentWindow.postMessage(text, this.#card.dataset.origin);
  }
}

/** Open every canvas of this page. */
export function openCanvases() {
  const events = new CanvasEvents();
  for (const card of document.querySelectorAll("[data-canvas]")) {
    new CanvasParent(card, events).open();
  }
}
