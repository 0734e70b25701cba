import { describeFields } from "./describeFields";
import { describeStage } from "./describeStages";
import { findDangers, kindOf, type Danger } from "./findDangers";
import { describeHosts } from "./findHostChanges";
import { findKafkaChanges, type KafkaChanges } from "./findKafkaChanges";
import { findReroutes, findStageChanges, type StageChange } from "./findMoves";
import type { Change, Preview } from "./parsePreview";

export interface Summary {
  stack: string;
  preview: Preview;
  stages: StageChange[];
  dangers: Danger[];
  kafka: KafkaChanges[];
}

export function summarize(stack: string, preview: Preview): Summary {
  const kafka = findKafkaChanges(preview.changes);
  const stages = [...findStageChanges(preview.changes), ...findReroutes(preview.changes)];
  return { stack, preview, stages, dangers: findDangers(preview.changes, kafka), kafka };
}

const verbs = { create: "created", update: "updated", replace: "replaced", delete: "deleted" } as const;
type Op = keyof typeof verbs;

/** What a reviewer wants to know, most important first, as plain text. */
export function renderText(summary: Summary): string {
  const sections = sectionsOf(summary).map(
    ({ title, lines }) => `${title}\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
  return `${[headline(summary), ...sections].join("\n\n")}\n`;
}

/** The same as Markdown, for one comment on a pull request. The first line marks it, so that it is found again. */
export function renderMarkdown(summary: Summary): string {
  const sections = sectionsOf(summary).map(({ title, lines, folded }) => {
    const list = lines.map((line) => `- ${line}`).join("\n");
    return folded ? `<details><summary>${title}</summary>\n\n${list}\n\n</details>` : `**${title}**\n\n${list}`;
  });
  return `${[commentMark(summary.stack), `### Preview of \`${summary.stack}\``, headline(summary), ...sections].join("\n\n")}\n`;
}

/** HTML comment by which the comment of a stack is recognised. */
export function commentMark(stack: string): string {
  return `<!-- iotef preview of ${stack} -->`;
}

interface Section {
  title: string;
  lines: string[];
  folded?: boolean;
}

function sectionsOf({ preview, stages, dangers, kafka }: Summary): Section[] {
  const sections: Section[] = [
    { title: "DANGER", lines: dangers.map(({ what, why }) => `${what} ${why}`) },
    { title: "Stages", lines: stages.map(describeStage) },
    { title: "Hosts", lines: describeHosts(preview.changes) },
    { title: "Kafka", lines: kafka.flatMap(({ name, notes }) => notes.map((note) => `${clusterOf(name)}: ${note}`)) },
    {
      title: "Errors and warnings",
      lines: preview.messages.map(({ severity, text }) => `${severity}: ${text.split("\n").join(" ")}`),
    },
    { title: "Resources", lines: preview.changes.map(describeChange), folded: true },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function headline({ stack, preview: { changes, same }, stages }: Summary): string {
  if (changes.length === 0) return `${stack}: no change; ${same} resources stay as they are.`;
  const counts = (Object.keys(verbs) as Op[])
    .map((op) => [changes.filter((change) => change.op === op).length, verbs[op]] as const)
    .filter(([count]) => count > 0)
    .map(([count, verb]) => `${count} ${verb}`);
  const moves = stages.filter(({ from, to }) => from !== undefined && to !== undefined && from !== to).length;
  const moving = moves === 0 ? "" : `${moves} ${moves === 1 ? "stage moves" : "stages move"}; `;
  return `${stack}: ${moving}${counts.join(", ")}, ${same} stay as they are.`;
}

function describeChange(change: Change): string {
  const fields = describeFields(change);
  return `${verbs[change.op]} ${kindOf(change.type)} ${change.name}${fields === "" ? "" : `: ${fields}`}`;
}

/** `edge-kafka-reconcile` is about the Kafka of edge. */
function clusterOf(name: string): string {
  return name.replace(/-kafka-reconcile$/, "");
}
