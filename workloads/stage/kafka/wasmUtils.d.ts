/** The package's entry with the WebAssembly inside, which this project's module resolution does not see. */
declare module "@platformatic/wasm-utils/bundled" {
  export * from "@platformatic/wasm-utils";
}
