import type { Survey } from "./parseSurvey";
import type { Surveys } from "./surveyControlPlanes";

export interface RestoreOptions {
  host?: string;
  lost: readonly string[];
  /** `own`, `newest`, or the path of a snapshot on the host. */
  snapshot: string;
}

export interface RestorePlan {
  /** The control plane that is left. */
  host: string;
  source: string;
  /** The others: their Node objects go. */
  lost: string[];
  /** etcd is a cluster of one there already; only what comes after is left to do. */
  restored: boolean;
}

/**
 * Which control plane becomes the cluster, and which are gone. What does not answer is unknown, never gone, unless the person says
 * so: two halves of a cluster that both believe to be it are worse than none.
 *
 * @throws Error with every reason why nothing may be restored
 */
export function planRestore(surveys: Surveys, options: RestoreOptions): RestorePlan {
  const names = Object.keys(surveys);
  const problems = [...options.lost, ...(options.host === undefined ? [] : [options.host])]
    .filter((name) => !names.includes(name))
    .map((name) => `${name} is not a control plane of the stack file; they are ${names.join(", ")}`);
  refuse(problems);

  const host = options.host ?? findSurvivor(surveys, options.lost);
  const others = names.filter((name) => name !== host);
  const survey = surveys[host];
  const plan = { host, source: options.snapshot, lost: others };
  if (survey?.quorum === true && !survey.begun && survey.members.length === 1 && others.length > 0) {
    return {
      ...plan,
      lost: others.filter((name) => isGone(surveys[name]) || options.lost.includes(name)),
      restored: true,
    };
  }
  const healthy = names.filter((name) => surveys[name]?.quorum === true && !surveys[name].begun);
  if (healthy.length > 0) refuse([`etcd has its majority (says ${healthy.join(", ")}); there is nothing to restore`]);
  refuse([
    ...(options.lost.includes(host) ? [`${host} cannot be kept and lost at the same time`] : []),
    ...problemsOfSurvivor(host, survey),
    ...others.flatMap((name) => problemsOfOther(name, surveys[name], options.lost)),
  ]);
  return { ...plan, restored: false };
}

/** Rebuilt, or never a control plane: it answers and has nothing of etcd's. */
function isGone(survey: Survey | undefined): boolean {
  return survey !== undefined && survey.member === undefined && !survey.data;
}

function findSurvivor(surveys: Surveys, lost: readonly string[]): string {
  const holders = Object.entries(surveys)
    .filter(([name, survey]) => survey?.member !== undefined && !lost.includes(name))
    .map(([name]) => name);
  if (holders.length === 1) return holders[0]!;
  const majority = holders.find((name) => surveys[name]!.quorum === true);
  if (majority !== undefined) return majority;
  const remedy =
    holders.length === 0
      ? "no control plane that answers has an etcd; bring back one of them, its disk is what the cluster can be restored from"
      : `${holders.join(" and ")} have an etcd each; name the one to keep with --host and the others with --lost`;
  throw new Error(`nothing was changed: ${remedy}`);
}

function problemsOfSurvivor(host: string, survey: Survey | undefined): string[] {
  if (survey === undefined) return [`${host} does not answer on SSH`];
  if (survey.member === undefined) return [`${host} has no etcd; name another one with --host`];
  if (!survey.upkeep)
    return [`${host} has no /usr/local/lib/iotef/restore-etcd: no \`pulumi up\` of this version has reached it`];
  return [];
}

function problemsOfOther(name: string, survey: Survey | undefined, lost: readonly string[]): string[] {
  if (lost.includes(name) || isGone(survey)) return [];
  if (survey === undefined)
    return [
      `${name} does not answer, and may have etcd's data: bring it back, or say \`--lost ${name}\` if it never comes back as it was`,
    ];
  return [
    `${name} answers and has etcd's data: look there first ('crictl ps', 'journalctl -u kubelet'), or give it up with \`--lost ${name}\``,
  ];
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new Error(`nothing was changed:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
}
