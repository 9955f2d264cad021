// Outside Salesforce nothing stands between a page and the server.

import { keepPreviews } from "./preview.js";

keepPreviews(fetch.bind(window));
