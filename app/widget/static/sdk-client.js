// The same calls as CanvasClient, through Salesforce's own script, for orgs where the operator
// chose it. What it hands over is believed no more: the server verifies each signed request.

import { CanvasClient, NoAnswer } from "./canvas-client.js";

const ANSWER_MS = 3000;

class SdkClient {
  #client;
  #sdk;

  constructor(client, sdk) {
    this.#client = { oauthToken: "null", ...client };
    this.#sdk = sdk;
  }

  refreshSignedRequest() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new NoAnswer("the parent did not answer")), ANSWER_MS);
      this.#sdk.refreshSignedRequest((answer) => {
        clearTimeout(timer);
        const request = answer?.payload?.response;
        if (answer?.status === 200 && typeof request === "string") resolve(request);
        else reject(new NoAnswer("the parent refused"));
      });
    });
  }

  repost() {
    this.#sdk.repost(true);
  }

  resize(height) {
    this.#sdk.resize(this.#client, { height: `${height}px` });
  }
}

// Salesforce's script if the page loaded it, else our own client.
export function clientFor(named) {
  const sdk = window.Sfdc?.canvas?.client;
  return sdk === undefined ? new CanvasClient(named) : new SdkClient(named, sdk);
}
