/**
 * Runs Salesforce Code Analyzer's PMD rules (Recommended and AppExchange) over a folder and prints
 * the violations as JSON. The command-line plugin of the analyzer is not needed for it.
 *
 * node tools/analyze.mjs <folder> [folder ...]
 */
import { CodeAnalyzer, CodeAnalyzerConfig, EventType } from "@salesforce/code-analyzer-core";
import { createEnginePlugin } from "@salesforce/code-analyzer-pmd-engine";

const config = CodeAnalyzerConfig.fromObject({ engines: { cpd: { disable_engine: true } } });
const analyzer = new CodeAnalyzer(config);
const problems = [];
analyzer.onEvent(EventType.LogEvent, (event) => {
    if (event.logLevel <= 2) {
        problems.push(event.message);
    }
});
await analyzer.addEnginePlugin(createEnginePlugin());
const workspace = await analyzer.createWorkspace(process.argv.slice(2));
const rules = await analyzer.selectRules(["pmd:Recommended", "pmd:AppExchange"], { workspace });
const results = await analyzer.run(rules, { workspace });
const violations = results.getViolations().map((violation) => {
    const place = violation.getCodeLocations()[violation.getPrimaryLocationIndex()];
    return {
        rule: violation.getRule().getName(),
        severity: violation.getRule().getSeverityLevel(),
        file: place.getFile(),
        line: place.getStartLine(),
        message: violation.getMessage(),
    };
});
process.stdout.write(JSON.stringify({ rules: rules.getCount(), violations, problems }));
