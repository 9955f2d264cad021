({
    refresh: function (component, _event, helper) {
        helper.refresh(component);
    },

    showProblem: function (component, event) {
        component.set("v.problem", String(event.getParam("message") || event.getName()));
    }
});
