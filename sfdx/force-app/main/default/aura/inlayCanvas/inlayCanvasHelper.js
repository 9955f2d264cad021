({
    /** The parameters that the service gets; empty while the record is not known. */
    parametersOf: function (component) {
        var recordId = component.get("v.recordId");
        var sObjectName = component.get("v.sObjectName");
        if (!recordId || !sObjectName) {
            return "";
        }
        return JSON.stringify({
            recordId: recordId,
            sObjectName: sObjectName,
            view: component.get("v.view")
        });
    },

    /** Shows the record; another record gets another frame, for a frame is signed only once. */
    refresh: function (component) {
        var wanted = this.parametersOf(component);
        if (wanted === component.get("v.parameters")) {
            return;
        }
        component.set("v.problem", "");
        component.set("v.parameters", "");
        window.setTimeout(
            $A.getCallback(function () {
                if (component.isValid()) {
                    component.set("v.parameters", wanted);
                }
            }),
            0
        );
    }
});
