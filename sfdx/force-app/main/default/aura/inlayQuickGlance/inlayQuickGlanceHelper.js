({
    OBJECTS: ["Contact", "Lead", "Opportunity", "Account"],

    /** The record that the address names. Whether the user may see it is for Salesforce to say. */
    read: function (component) {
        var page = component.get("v.pageReference") || {};
        var recordId = this.stateOf(page, "recordId");
        var sObjectName = this.stateOf(page, "sObjectName");
        var usable =
            /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(recordId) && this.OBJECTS.indexOf(sObjectName) >= 0;
        component.set("v.sObjectName", usable ? sObjectName : null);
        component.set("v.recordId", usable ? recordId : null);
    },

    /** A value of the address; its name there begins with the package's namespace, or with c. */
    stateOf: function (page, name) {
        var state = page.state || {};
        var key = Object.keys(state).filter(function (each) {
            return each.split("__")[1] === name;
        })[0];
        return key ? String(state[key]) : "";
    }
});
