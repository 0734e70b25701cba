/** Bundles the stage runtime into `dist/stage.cjs`; native modules stay outside. */
import { build } from "esbuild";
import path from "node:path";

const here = import.meta.dirname;
await build({
  entryPoints: [path.join(here, "main.ts")],
  outfile: path.join(here, "..", "dist", "stage.cjs"),
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  external: ["sharp", "@node-rs/crc32"],
  sourcemap: true,
  logLevel: "warning",
});
