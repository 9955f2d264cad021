/**
 * Events between the canvases of a page, as Salesforce's parent script passes them on: to every
 * canvas that subscribed, the publisher too, or to those that an event names as its target.
 */

const STREAMING = "sfdc.streamingapi";
const SCROLL = "canvas.scroll";
const ORIENTATION = "canvas.orientation";

/** What the page tells of itself when it is scrolled. */
function scrolled() {
  const root = document.documentElement;
  return {
    heights: {
      contentHeight: root.scrollHeight,
      pageHeight: root.clientHeight,
      scrollTop: root.scrollTop,
    },
    widths: {
      contentWidth: root.scrollWidth,
      pageWidth: root.clientWidth,
      scrollLeft: root.scrollLeft,
    },
  };
}

export class CanvasEvents {
  // Each canvas with the names that it subscribed to.
  #canvases = new Map();

  constructor() {
    const tell = (name, payload) => this.publish({ name, payload: payload() });
    addEventListener("scroll", () => tell(SCROLL, scrolled), { passive: true });
    screen.orientation?.addEventListener("change", () =>
      tell(ORIENTATION, () => ({ orientation: screen.orientation.angle })),
    );
  }

  add(canvas) {
    this.#canvases.set(canvas, new Set());
  }

  /** `subscriptions` is an object by event name. Streaming comes alone, and is refused. */
  subscribe(canvas, subscriptions) {
    if (STREAMING in subscriptions) this.#refuse(canvas, subscriptions[STREAMING]);
    else for (const name of Object.keys(subscriptions)) this.#canvases.get(canvas).add(name);
  }

  unsubscribe(canvas, subscriptions) {
    for (const name of Object.keys(subscriptions)) this.#canvases.get(canvas).delete(name);
  }

  unsubscribeAll(canvas) {
    this.#canvases.get(canvas).clear();
  }

  /** Deliver an event to one canvas if it subscribed, or to all that did and are targeted. */
  publish({ name, payload, target }, only = null) {
    const event = { name, method: "onData", payload, target };
    for (const [canvas, names] of this.#canvases) {
      const isMeant = only === null ? this.#isTargeted(canvas, target) : canvas === only;
      if (isMeant && names.has(name)) canvas.tell(event);
    }
  }

  /** No target means all; a canvas is named by the last part of its instance id. */
  #isTargeted(canvas, target) {
    if (target === null || target === undefined) return true;
    return canvas.instance.split(":").at(-1) === target.canvas;
  }

  #refuse(canvas, subscription) {
    const topic = subscription?.params?.topic;
    if (!topic) return;
    const errorMessage = `This org has no Streaming API; ${STREAMING} cannot be subscribed to.`;
    const payload = { success: false, errorMessage };
    canvas.tell({ name: STREAMING, params: { topic }, method: "onComplete", payload });
  }
}
