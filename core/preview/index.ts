// What `pulumi preview --json` says, in words. For scripts.
export { parsePreview, type Preview } from "./parsePreview";
export { commentMark, renderMarkdown, renderText, summarize, type Summary } from "./renderPreview";
