// Outside Salesforce: every page's forms are sent once.

import { keepOnce } from "./once.js";

keepOnce();
