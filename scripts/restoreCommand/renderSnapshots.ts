import { alignColumns } from "../../core/alignColumns";
import type { Survey } from "./parseSurvey";
import type { Surveys } from "./surveyControlPlanes";

/** Each control plane with its state, then every snapshot, newest first. */
export function renderSnapshots(surveys: Surveys, now: Date): string {
  const states = Object.entries(surveys).map(([name, survey]) => `${name}: ${stateOf(survey)}`);
  const rows = Object.entries(surveys)
    .flatMap(([host, survey]) => (survey?.snapshots ?? []).map((snapshot) => ({ host, ...snapshot })))
    .sort((a, b) => b.revision - a.revision || (a.path < b.path ? -1 : 1))
    .map(({ host, member, revision, bytes, made, path }) => [
      host,
      member,
      String(revision),
      `${Math.round((now.getTime() - made.getTime()) / 60_000)} min`,
      `${(bytes / 1024 / 1024).toFixed(1)} MiB`,
      path,
    ]);
  if (rows.length === 0) return [...states, "no snapshots"].join("\n");
  return [...states, ...alignColumns([["on", "of", "revision", "age", "size", "path"], ...rows])].join("\n");
}

function stateOf(survey: Survey | undefined): string {
  if (survey === undefined) return "does not answer";
  if (survey.member === undefined) return "has no etcd";
  const etcd =
    survey.quorum === undefined
      ? "etcd is stopped"
      : `etcd ${survey.quorum ? "has its majority" : "has no majority"}${survey.revision === undefined ? "" : `, revision ${survey.revision}`}`;
  const certificates =
    survey.certificates === undefined ? "" : `; certificates until ${survey.certificates.toISOString().slice(0, 10)}`;
  return `${etcd}${survey.begun ? "; a restore was begun" : ""}${certificates}`;
}
