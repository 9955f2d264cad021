#!/bin/sh
# A scratch org with the package's source: delete, create, deploy, assign, test, open.
# Needs the Salesforce CLI, a Dev Hub, and INLAY_APP_URL and INLAY_CONTACT_EMAIL. Never run by us: see
# docs/packaging.md. A scratch org makes its own client apps, so their links to the Dev Hub are left out.
set -eu
alias=${1:-inlay}
: "${INLAY_APP_URL:?where the canvas URL points, such as https://app.example.com}"
: "${INLAY_CONTACT_EMAIL:?who may be written to about the client apps}"
export INLAY_APP_URL INLAY_CONTACT_EMAIL
# not used in a scratch org, but each replacement wants a value
export INLAY_DEV_HUB_ORG_ID=none INLAY_CANVAS_OAUTH_ID=none INLAY_CONNECT_OAUTH_ID=none

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R force-app unpackaged config sfdx-project.json .forceignore "$work"
find "$work/force-app" -name '*.ecaOauth-meta.xml' -exec sed -i.old '/<oauthLink>/d' {} +
find "$work/force-app" -name '*.eca-meta.xml' -exec sed -i.old \
    -e '/<orgScopedExternalApp>/d' -e 's/>Packaged</>Local</' {} +
find "$work/force-app" -name '*.old' -exec rm {} +
cd "$work"

sf org delete scratch --no-prompt --target-org "$alias" 2>/dev/null || true
sf org create scratch --definition-file config/project-scratch-def.json --alias "$alias" \
    --duration-days 7 --no-namespace --wait 10
sf project deploy start --source-dir force-app --target-org "$alias"
(cd unpackaged && sf project deploy start --source-dir permissionsets --source-dir record-pages \
    --target-org "$alias")
sf org assign permset --name Inlay_Admin --name Inlay_Widget_Access --target-org "$alias"
sf apex run test --test-level RunLocalTests --code-coverage --result-format human --wait 20 \
    --target-org "$alias"
# canvas refuses sessions that the command line opened: log in with this password
sf org generate password --target-org "$alias"
sf org open --target-org "$alias"
