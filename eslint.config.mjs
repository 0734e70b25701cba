import { readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const root = dirname(fileURLToPath(import.meta.url));
const components = readdirSync(join(root, "components"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** What core gives to those who may not carry the configuration or the product's brain along. */
const contract = ["core/contract", "core/naming.ts", "core/errors.ts", "core/wait.ts"];
const componentIndexes = components.map((name) => `components/${name}/index.ts`);

/**
 * The walls (design 2): index -> stacks -> components -> core <- workloads. Each line: files, what of the project they
 * may import, and the word that the message ends with. Packages are governed below.
 */
const walls = [
  wall("index.ts", ["stacks"], "index.ts imports stacks only"),
  wall("stacks", ["stacks", "core", ...componentIndexes], "stacks import core and the index of a component"),
  ...components.map((name) =>
    wall(
      `components/${name}`,
      [`components/${name}`, "core", ...componentIndexes],
      "a component imports core and the index of another component",
    ),
  ),
  wall("core", ["core"], "core imports core only"),
  ...contract.map((part) =>
    wall(part, contract, "what workloads use of core stands alone: contract, naming, errors, wait"),
  ),
  wall("workloads", ["workloads", ...contract], "workloads import of core only contract, naming, errors and wait"),
  wall(
    "workloads/processors",
    ["workloads/processors", "workloads/stage/processor.ts", ...contract],
    "a processor knows the stage's runtime only by workloads/stage/processor.ts",
  ),
  wall(
    "lab",
    ["lab", "core/alignColumns.ts", "core/wait.ts", "core/errors.ts", "core/artifacts.ts"],
    "the lab imports of core only alignColumns, wait, errors and artifacts; it knows the product by an inventory",
  ),
  wall("scripts", ["scripts", "core", "lab"], "scripts import core and lab"),
];

function wall(target, allowed, message) {
  return {
    target: `./${target}`,
    from: "./",
    except: ["node_modules", "workloads/node_modules", ...allowed].map((path) => `./${path}`),
    message,
  };
}

const noPulumi = {
  group: ["@pulumi/*"],
  message: "only stacks, components, the lab's toolchain and tests know Pulumi",
};
const noKafkajsInternals = {
  group: ["kafkajs/*"],
  message: "kafkajs' internals are used in workloads/stage/kafka only, behind its port",
};

const vagueNames = /^(utils?|helpers?|commons?|misc|managers?)$/i;

/** A file or folder whose name says nothing collects everything. */
const tellingNames = {
  meta: { type: "suggestion", schema: [], messages: { vague: '"{{name}}" says nothing; name it after what it does' } },
  create: (context) => ({
    Program(node) {
      const parts = relative(root, context.filename).split(/[\\/]/);
      const name = [...parts.slice(0, -1), basename(context.filename).split(".")[0]].find((part) =>
        vagueNames.test(part),
      );
      if (name !== undefined) context.report({ node, messageId: "vague", data: { name } });
    },
  }),
};

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/dist/", ".lab/", "schema/", "test/golden/"] },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "import-x": importX, iotef: { rules: { "telling-names": tellingNames } } },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".d.ts", ".mjs", ".js", ".json"] })],
    },
    rules: {
      "iotef/telling-names": "error",
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-restricted-paths": ["error", { basePath: root, zones: walls }],
      "max-lines": ["error", 400],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
    },
  },
  {
    files: ["**/*.{mjs,cjs}"],
    languageOptions: {
      globals: Object.fromEntries(
        ["console", "process", "URL", "Buffer", "require", "module", "__dirname", "setTimeout", "setImmediate"].map(
          (name) => [name, "readonly"],
        ),
      ),
    },
  },
  // Modules that only `require` reaches: kafkajs' internals have no types, a user's processor is found by name at run time.
  {
    files: [
      "**/*.cjs",
      "workloads/stage/kafka/decompress.ts",
      "workloads/stage/kafka/internals.ts",
      "workloads/stage/loadProcess.ts",
      "test/kafka/internals.test.ts",
    ],
    rules: { "@typescript-eslint/no-require-imports": "off", "@typescript-eslint/triple-slash-reference": "off" },
  },
  // Which packages may be used where: those that the package.json of the folder lists.
  {
    files: ["**/*.ts"],
    ignores: ["workloads/**"],
    rules: { "import-x/no-extraneous-dependencies": ["error", { packageDir: [root] }] },
  },
  {
    files: ["workloads/**/*.ts"],
    rules: { "import-x/no-extraneous-dependencies": ["error", { packageDir: [join(root, "workloads")] }] },
  },
  { files: ["**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [noKafkajsInternals] }] } },
  {
    files: ["core/**/*.ts", "workloads/**/*.ts", "scripts/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [noPulumi, noKafkajsInternals] }] },
  },
  { files: ["workloads/stage/kafka/**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [noPulumi] }] } },
);
