/** Passes each record on as it is. */
module.exports = { process: ({ value }) => [{ value }] };
