/** A device that counts: record n of a lane is its number; a pause now and then, as devices have. */
module.exports = {
  async *open(lane, position, { options, signal }) {
    for (let n = position; n < BigInt(options.count) && !signal.aborted; n++) {
      if (n % 50n === 49n) await new Promise((resolve) => setTimeout(resolve, 5));
      yield { position: n, outputs: [{ key: `lane-${lane}`, value: Buffer.from(`${lane}:${n}`) }] };
    }
  },
};
