/**
 * Loaded into a stage's process (NODE_OPTIONS=--require): makes trouble at the moment that matters, without a hook in the
 * product. Watches what is written to sockets; EndTxn is Kafka's request 26. IOTEF_FAULTS holds probabilities by kind, and in
 * `at` kinds by the number of the commit, the process's first being 1:
 * - before: kill -9 between produce and commit
 * - stopped: the process stands still (SIGSTOP) between produce and commit
 * - after: kill -9 when the commit has left, before its answer
 * - lost: the connection breaks when the commit has left
 */
const net = require("node:net");
const { writeSync } = require("node:fs");

const faults = JSON.parse(process.env.IOTEF_FAULTS);
const endTxn = 26;
const write = net.Socket.prototype.write;

let commits = 0;

function happens(name) {
  if (faults.at?.[commits] !== name && !(Math.random() < (faults[name] ?? 0))) return false;
  writeSync(1, `${JSON.stringify({ fault: name })}\n`);
  return true;
}

net.Socket.prototype.write = function (bytes, ...rest) {
  const isCommit = Buffer.isBuffer(bytes) && bytes.length > 6 && bytes.readInt16BE(4) === endTxn;
  if (isCommit) commits++;
  if (isCommit && happens("before")) process.kill(process.pid, "SIGKILL");
  if (isCommit && happens("stopped")) process.kill(process.pid, "SIGSTOP");
  const result = write.call(this, bytes, ...rest);
  if (isCommit && happens("after")) setTimeout(() => process.kill(process.pid, "SIGKILL"), Math.random() * 5);
  else if (isCommit && happens("lost")) setImmediate(() => this.destroy(new Error("fault: connection lost")));
  return result;
};
