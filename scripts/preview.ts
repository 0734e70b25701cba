import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Argument, Command } from "commander";
import { parsePreview, renderMarkdown, renderText, summarize } from "../core/preview";
import { findPulumi } from "./pulumiCommand/findPulumi";

interface Options {
  markdown: boolean;
  allowDestructive: boolean;
  file?: string;
}

const project = resolve(__dirname, "..");

/** `./scripts/preview STACK`: exit code 0 when it may be merged, 3 on a danger, 1 when there is no preview. */
const program = new Command("preview")
  .description("what `pulumi up` would do to a stack, in words: stages that move first, then dangers, then everything")
  .addArgument(new Argument("<stack>", "for example federation"))
  .option("--markdown", "for a comment on a pull request", false)
  .option("--allow-destructive", "exit code 0 although data or identity is replaced or deleted", false)
  .option("--file <path>", "reads what `pulumi preview --json` printed instead of running it")
  .action(async (stack: string, { markdown, allowDestructive, file }: Options) => {
    const summary = summarize(
      stack,
      parsePreview(file === undefined ? await runPreview(stack) : readFileSync(file, "utf8")),
    );
    process.stdout.write(markdown ? renderMarkdown(summary) : renderText(summary));
    if (summary.dangers.length > 0 && !allowDestructive) process.exitCode = 3;
  });

/** @throws Error with what the CLI said when there is no preview */
async function runPreview(stack: string): Promise<string> {
  const { exitCode, stdout, stderr } = await findPulumi(project)(stack, ["preview", "--json"]);
  if (exitCode === 0) return stdout;
  throw new Error(
    `pulumi preview of ${stack} ended with ${exitCode}:\n${messagesIn(stdout) || stderr.trim() || stdout.trim()}`,
  );
}

function messagesIn(stdout: string): string {
  try {
    return parsePreview(stdout)
      .messages.map(({ text }) => text)
      .join("\n");
  } catch {
    // It failed before it printed any JSON.
    return "";
  }
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
