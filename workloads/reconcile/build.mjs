/** Bundles the reconcile program into `dist/reconcile.mjs`, with the WebAssembly that its Kafka client reads beside it. */
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const dist = path.join(here, "..", "dist");
await build({
  entryPoints: [path.join(here, "main.ts")],
  outfile: path.join(dist, "reconcile.mjs"),
  bundle: true,
  platform: "node",
  target: "node22",
  // The client finds its WebAssembly by import.meta.url, which a CommonJS bundle does not have.
  format: "esm",
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  sourcemap: true,
  logLevel: "warning",
});
const client = createRequire(import.meta.url).resolve("@platformatic/kafka");
const wasm = path.join(client, "..", "..", "..", "wasm-utils", "dist", "native.wasm");
copyFileSync(wasm, path.join(dist, "native.wasm"));
