// The frame's session: a bearer in memory, renewed through the parent. No cookie, no storage.

import { NoAnswer } from "./canvas-client.js";

const RENEW_BEFORE_S = 60;

// Why a call failed: `reason` is the machine code, `detail` a sentence for the reader.
export class Problem extends Error {
  constructor(status, reason, title, detail) {
    super(detail);
    Object.assign(this, { status, reason, title, detail });
  }

  // Refused for good: what is shown must go.
  get isRefusal() {
    return this.status === 401 || this.status === 403;
  }
}

export class Session extends EventTarget {
  #bearer;
  #endsAt = 0;
  #renewing = null;
  #renewAt = 0;
  #timers = [];

  // `frame`: {bearer, seconds, urls, texts} of the page; `client`: a CanvasClient.
  constructor(frame, client) {
    super();
    this.urls = frame.urls;
    this.texts = frame.texts;
    this.client = client;
    this.#take(frame);
    document.addEventListener("visibilitychange", () => this.#lookAtClock());
  }

  get isOver() {
    return Date.now() >= this.#endsAt;
  }

  // fetch() with the bearer; when it has ended, it is renewed and the call made once more.
  async fetch(url, options = {}) {
    let response = await this.#send(url, options);
    if (response.status === 401) {
      await this.renew();
      response = await this.#send(url, options);
    }
    if (!response.ok && response.status !== 304) throw await this.#problem(response);
    return response;
  }

  // One renewal at a time; all who ask meanwhile share it.
  renew() {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew() {
    try {
      const signedRequest = await this.client.refreshSignedRequest();
      const response = await this.#send(this.urls.renew, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ signed_request: signedRequest }),
      });
      if (!response.ok) throw await this.#problem(response);
      const renewed = await response.json();
      this.#take(renewed);
      this.dispatchEvent(new CustomEvent("renewed", { detail: renewed }));
    } catch (error) {
      const problem = error instanceof NoAnswer ? this.#noAnswer() : error;
      this.dispatchEvent(new CustomEvent("trouble", { detail: problem }));
      throw problem;
    }
  }

  async #send(url, options) {
    const headers = { Accept: "application/json, text/html", ...options.headers };
    headers.Authorization = `Bearer ${this.#bearer}`;
    try {
      return await fetch(url, { ...options, headers, cache: "no-store", credentials: "omit" });
    } catch {
      throw new Problem(0, "offline", this.texts.offlineTitle, this.texts.offline);
    }
  }

  #take({ bearer, seconds }) {
    this.#bearer = bearer;
    this.#endsAt = Date.now() + seconds * 1000;
    this.#timers.forEach(clearTimeout);
    const early = Math.max(seconds - RENEW_BEFORE_S, seconds / 2) * 1000;
    this.#renewAt = Date.now() + early;
    this.#timers = [early, seconds * 1000].map((ms) => setTimeout(() => this.#lookAtClock(), ms));
  }

  // Renews in time while somebody looks; says so when the time is over.
  #lookAtClock() {
    if (this.isOver) this.dispatchEvent(new CustomEvent("over"));
    if (!document.hidden && Date.now() >= this.#renewAt) this.renew().catch(() => {});
  }

  async #problem(response) {
    const body = await response.json().catch(() => ({}));
    return new Problem(
      response.status,
      body.reason ?? "error",
      body.title_text ?? this.texts.troubleTitle,
      body.detail ?? this.texts.trouble,
    );
  }

  #noAnswer() {
    return new Problem(0, "parent_silent", this.texts.silentTitle, this.texts.silent);
  }
}
