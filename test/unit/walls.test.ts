import { strict as assert } from "node:assert";
import { join } from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const project = join(__dirname, "..", "..");

/** What ESLint says of a file with these lines; types are not needed for that and would cost minutes. */
async function findings(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: join(project, file) });
  return result!.messages.map(({ ruleId, message }) => `${ruleId ?? "parser"}: ${message}`);
}

const eslint = new ESLint({
  cwd: project,
  overrideConfig: [
    {
      files: ["**/*.ts"],
      languageOptions: { parserOptions: { projectService: false } },
      rules: { "import-x/no-cycle": "off" },
    },
    tseslint.configs.disableTypeChecked,
  ],
});

/** File, module that it may not import, and a word of the reason that ESLint gives. */
const forbidden: readonly (readonly [string, string, RegExp])[] = [
  ["index.ts", "./core/config", /index\.ts imports stacks only/],
  ["index.ts", "./components/kubeadm", /index\.ts imports stacks only/],
  ["stacks/new.ts", "../components/host/shell", /the index of a component/],
  ["stacks/new.ts", "../lab/inventory", /stacks import core/],
  ["components/host/new.ts", "../haproxy/renderHaproxyConfig", /the index of another component/],
  ["components/host/new.ts", "../../stacks/cluster", /a component imports core/],
  ["components/host/new.ts", "../../lab/inventory", /a component imports core/],
  ["components/host/new.ts", "../../workloads/stage/config", /a component imports core/],
  ["core/new.ts", "../components/host", /core imports core only/],
  ["core/new.ts", "@pulumi/pulumi", /only stacks, components/],
  ["core/contract/new.ts", "../config", /stands alone/],
  ["workloads/stage/new.ts", "../../core/config", /contract, naming, errors and wait/],
  ["workloads/stage/new.ts", "../../core/placement/placement", /contract, naming, errors and wait/],
  ["workloads/stage/new.ts", "../../components/kafka", /contract, naming, errors and wait/],
  ["workloads/stage/new.ts", "@pulumi/pulumi", /only stacks, components/],
  ["workloads/stage/new.ts", "kafkajs/src/cluster", /workloads\/stage\/kafka only/],
  ["workloads/stage/new.ts", "yaml", /should be listed in the project's dependencies/],
  ["workloads/processors/new/index.ts", "../../stage/session", /only by workloads\/stage\/processor\.ts/],
  ["lab/new.ts", "../core/config", /wait, errors and artifacts/],
  ["lab/new.ts", "../scripts/test", /wait, errors and artifacts/],
  ["scripts/new.ts", "../components/kafka", /scripts import core and lab/],
  ["scripts/new.ts", "../stacks/cluster", /scripts import core and lab/],
  ["scripts/new.ts", "@pulumi/pulumi", /only stacks, components/],
];

const allowed: readonly (readonly [string, string])[] = [
  ["index.ts", "./stacks/cluster"],
  ["stacks/new.ts", "../components/kubeadm"],
  ["stacks/new.ts", "../core/config"],
  ["components/kubeadm/new.ts", "../host"],
  ["components/kubeadm/new.ts", "./renderKubeconfig"],
  ["components/kubeadm/new.ts", "@pulumi/command"],
  ["core/config/new.ts", "../errors"],
  ["workloads/stage/new.ts", "../../core/contract/stageConfig"],
  ["workloads/stage/kafka/new.ts", "kafkajs/src/cluster"],
  ["workloads/processors/new/index.ts", "../../stage/processor"],
  ["lab/new.ts", "../core/wait"],
  ["scripts/new.ts", "../lab/inventory"],
  ["test/unit/new.test.ts", "../../components/host/validateHosts"],
];

describe("the import walls", function () {
  this.timeout(600_000);

  for (const [file, imported, reason] of forbidden) {
    it(`refuse ${imported} in ${file}`, async () => {
      const found = await findings(file, `export * from "${imported}";`);
      assert.ok(
        found.some((finding) => reason.test(finding)),
        `found only ${JSON.stringify(found)}`,
      );
    });
  }

  for (const [file, imported] of allowed) {
    it(`let ${file} import ${imported}`, async () => {
      assert.deepEqual(await findings(file, `export * from "${imported}";`), []);
    });
  }

  it("refuse types as much as values", async () => {
    const found = await findings(
      "core/new.ts",
      'import type { HostFacts } from "../components/host";\nexport type Facts = HostFacts;',
    );
    assert.ok(
      found.some((finding) => /core imports core only/.test(finding)),
      JSON.stringify(found),
    );
  });
});

describe("the rules on files", function () {
  this.timeout(600_000);

  for (const file of ["core/utils.ts", "core/helpers/text.ts", "lab/common.ts", "scripts/helper.test.ts"]) {
    it(`refuse the name ${file}`, async () => {
      const found = await findings(file, "export const a = 1;");
      assert.ok(
        found.some((finding) => /says nothing; name it after what it does/.test(finding)),
        JSON.stringify(found),
      );
    });
  }

  it("refuse more than 400 lines", async () => {
    const found = await findings(
      "core/long.ts",
      Array.from({ length: 401 }, (_, n) => `export const a${n} = ${n};`).join("\n"),
    );
    assert.ok(
      found.some((finding) => finding.startsWith("max-lines")),
      JSON.stringify(found),
    );
  });
});
