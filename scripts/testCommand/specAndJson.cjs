const { reporters } = require("mocha");

/** Mocha takes one reporter: this one is spec on the screen and, to the file of the option `output`, JSON. */
module.exports = class SpecAndJson extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    new reporters.JSON(runner, options);
  }
};
