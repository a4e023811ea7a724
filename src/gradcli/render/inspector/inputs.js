// Inputs that can be typed or slid.

function prepareInputs() {}
