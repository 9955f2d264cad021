// Inlay's own side of Canvas messages. It posts to one verified origin and believes only the parent
// window at that origin; Salesforce's client takes messages of anybody.

const ANSWER_MS = 3000;
const MODULE = "Canvas";
const CLIENT_VERSION = "41.0";

export class NoAnswer extends Error {}

export class CanvasClient {
  #client;
  #sequence = 0;
  #waiting = new Map();

  // `client`: {instanceId, targetOrigin} of a verified envelope.
  constructor(client, view = window) {
    this.#client = { oauthToken: "null", ...client };
    this.view = view;
    view.addEventListener("message", (event) => this.#receive(event));
  }

  get isFramed() {
    return this.view.parent !== this.view && Boolean(this.#client.targetOrigin);
  }

  // A freshly signed request from the parent; NoAnswer when none comes in time.
  refreshSignedRequest() {
    return new Promise((resolve, reject) => {
      if (!this.isFramed) {
        reject(new NoAnswer("no parent"));
        return;
      }
      const sequence = this.#post({ type: "refresh" });
      const timer = setTimeout(() => {
        this.#waiting.delete(sequence);
        reject(new NoAnswer("the parent did not answer"));
      }, ANSWER_MS);
      this.#waiting.set(sequence, { resolve, reject, timer });
    });
  }

  // Asks the parent to post the request into this frame again, freshly signed.
  repost() {
    if (this.isFramed) this.#post({ type: "repost", refresh: true });
  }

  resize(height) {
    if (this.isFramed) this.#post({ type: "resize", size: { height: `${height}px`, width: "" } });
  }

  #post(body) {
    this.#sequence += 1;
    const message = {
      seq: this.#sequence,
      src: "client",
      clientVersion: CLIENT_VERSION,
      body: { accessToken: "null", config: { client: this.#client }, ...body },
      targetModule: MODULE,
    };
    this.view.parent.postMessage(JSON.stringify(message), this.#client.targetOrigin);
    return this.#sequence;
  }

  #receive(event) {
    if (event.source !== this.view.parent || event.origin !== this.#client.targetOrigin) return;
    const message = parse(event.data);
    if (message === null || message.targetModule !== MODULE || message.type !== "callback") return;
    const waiting = this.#waiting.get(message.seq);
    if (waiting === undefined) return;
    this.#waiting.delete(message.seq);
    clearTimeout(waiting.timer);
    const request = message.payload?.response;
    if (message.status === 200 && typeof request === "string") waiting.resolve(request);
    else waiting.reject(new NoAnswer("the parent refused"));
  }
}

function parse(data) {
  if (typeof data !== "string") return null;
  try {
    const message = JSON.parse(data);
    return typeof message === "object" ? message : null;
  } catch {
    return null;
  }
}

// Tells the parent how tall the page is, whenever that changes.
export function keepHeight(client, element = document.body) {
  let last = 0;
  const tell = () => {
    const height = Math.ceil(element.getBoundingClientRect().height);
    if (height > 0 && height !== last) {
      last = height;
      client.resize(height);
    }
  };
  new ResizeObserver(tell).observe(element);
}
