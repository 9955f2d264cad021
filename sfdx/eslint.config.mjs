/** Aura runs as ECMAScript 5 under Locker: Salesforce's own rules for it, and ESLint's. */
import aura from "@salesforce/eslint-plugin-aura";

const files = ["**/aura/**/*.js"];

export default [
    ...aura.configs.locker.map((each) => ({ ...each, files })),
    // an Aura file is one object in brackets; an underscore says that an argument is not wanted
    {
        files,
        rules: { "no-unused-expressions": "off", "no-unused-vars": ["error", { argsIgnorePattern: "^_" }] },
    },
];
