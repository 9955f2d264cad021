/**
 * The parent's side of Salesforce Canvas: opens the app by posting a signed request into its
 * frame, and answers the messages of the app's client (resize, refresh, repost, ctx).
 *
 * Messages are JSON text. Only those of the frame's own window, from the canvas app's origin
 * and for this instance are read; answers go to that origin and nowhere else. What Salesforce
 * offers beyond these four (ajax, events) stays unanswered.
 */

const PARENT_VERSION = "68.0";
const MIN_HEIGHT = 120;
const MAX_HEIGHT = 6000;
const MAX_MESSAGE = 32768;

class SignError extends Error {
  constructor(status, statusText) {
    super(`signed request: ${status}`);
    this.status = status;
    this.statusText = statusText;
  }
}

/** A height such as "640px" in pixels, or null for anything else. */
function pixels(text) {
  const match = /^(\d{1,7}(?:\.\d+)?)(?:px)?$/.exec(String(text ?? "").trim());
  return match ? Math.ceil(Number(match[1])) : null;
}

/** The `context` inside a signed request; the page does not need to check its own signature. */
function contextOf(signedRequest) {
  const payload = atob(signedRequest.split(".")[1]);
  const bytes = Uint8Array.from(payload, (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)).context;
}

class CanvasParent {
  #card;
  #frame;
  #form;
  #body;
  #error;
  #last = "";
  #wanted = 0;
  #drawing = false;

  constructor(card) {
    this.#card = card;
    this.#frame = card.querySelector("iframe");
    this.#form = card.querySelector("form");
    this.#body = card.querySelector("[data-canvas-body]");
    this.#error = card.querySelector("[data-canvas-error]");
    card.querySelector("[data-canvas-retry]").addEventListener("click", () => this.open());
    if (!("deaf" in card.dataset)) addEventListener("message", (event) => this.#hear(event));
  }

  /** Post a fresh signed request into the frame, or say that there is none. */
  async open() {
    this.#error.hidden = true;
    this.#body.hidden = false;
    this.#body.setAttribute("aria-busy", "true");
    try {
      await this.#sign();
      this.#post();
    } catch {
      this.#error.hidden = false;
      this.#body.hidden = true;
    }
  }

  async #sign() {
    let answer;
    try {
      answer = await fetch(this.#card.dataset.sign, { method: "PUT" });
    } catch {
      throw new SignError(503, "Service Unavailable");
    }
    if (!answer.ok) throw new SignError(answer.status, answer.statusText);
    this.#last = (await answer.json()).response;
    return this.#last;
  }

  #post() {
    this.#frame.addEventListener("load", () => this.#body.removeAttribute("aria-busy"), {
      once: true,
    });
    this.#form.elements.signed_request.value = this.#last;
    this.#form.submit();
    this.#form.elements.signed_request.value = "";
  }

  #hear(event) {
    if (event.source !== this.#frame.contentWindow) return;
    if (event.origin !== this.#card.dataset.origin) return;
    const message = this.#read(event.data);
    if (!message) return;
    const { seq, body } = message;
    if (body.type === "resize") this.#resize(body.size);
    else if (body.type === "repost") this.#repost(Boolean(body.refresh));
    else if (body.type === "refresh") this.#refresh(seq);
    else if (body.type === "ctx") this.#answer(seq, contextOf(this.#last));
  }

  /** The message, or null for what is not one of a canvas client of this instance. */
  #read(data) {
    if (typeof data !== "string" || data.length > MAX_MESSAGE) return null;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return null;
    }
    if (message?.targetModule !== "Canvas" || message.src !== "client") return null;
    const instance = message.body?.config?.client?.instanceId;
    return instance === this.#card.dataset.instance ? message : null;
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
      this.#frame.style.height = `${this.#wanted}px`;
    });
  }

  async #repost(refresh) {
    if (refresh) await this.open();
    else this.#post();
  }

  async #refresh(seq) {
    try {
      this.#answer(seq, { response: await this.#sign() });
    } catch (error) {
      const problem = [{ errorCode: "UNKNOWN_EXCEPTION", message: error.message }];
      this.#answer(seq, problem, error.status ?? 500, error.statusText ?? "Server Error");
    }
  }

  #answer(seq, payload, status = 200, statusText = "OK") {
    const message = {
      type: "callback",
      seq,
      status,
      statusText,
      parentVersion: PARENT_VERSION,
      payload,
      targetModule: "Canvas",
    };
    this.#frame.contentWindow.postMessage(JSON.stringify(message), this.#card.dataset.origin);
  }
}

for (const card of document.querySelectorAll("[data-canvas]")) {
  new CanvasParent(card).open();
}
