"""`make demo`: the whole product and a Salesforce org in a box, started, watched and stopped."""
