import { strict as assert } from "node:assert";
import { PulumiProgress } from "../../scripts/labCommand/pulumiProgress";

describe("PulumiProgress", () => {
  it("passes on what is done, once, and knows what is under way", () => {
    const progress = new PulumiProgress();
    const lines = [
      "@ updating.....",
      " +  kubernetes:apps/v1:DaemonSet edge-flannel creating (0s) ",
      " +  kubernetes:apps/v1:DaemonSet edge-flannel creating (3s) Available: 0/5",
      " +  kubernetes:apps/v1:StatefulSet edge-kafka creating (0s) ",
    ];
    assert.deepEqual(
      lines.map((line) => progress.news(line)),
      [undefined, undefined, undefined, undefined],
    );
    assert.deepEqual(progress.underWay(), ["edge-flannel", "edge-kafka"]);
    const done = " +  kubernetes:apps/v1:DaemonSet edge-flannel created (9s) ";
    assert.equal(progress.news(done), done.trim());
    assert.equal(progress.news(done), undefined);
    assert.deepEqual(progress.underWay(), ["edge-kafka"]);
  });

  it("passes on diagnostics whole, and errors at once", () => {
    const progress = new PulumiProgress();
    assert.match(progress.news(" +  command:remote:Command a creating (1s) error: exit status 1") ?? "", /error/);
    progress.news("Diagnostics:");
    assert.equal(progress.news("  command:remote:Command a creating"), "command:remote:Command a creating");
    progress.news("Resources:");
    assert.equal(progress.news(" +  command:remote:Command b creating (0s)"), undefined);
  });
});
