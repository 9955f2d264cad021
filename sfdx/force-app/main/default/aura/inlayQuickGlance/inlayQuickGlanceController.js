({
    read: function (component, _event, helper) {
        helper.read(component);
    }
});
