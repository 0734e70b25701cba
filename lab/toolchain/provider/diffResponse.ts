import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Changes, PropertyChange } from "./diff";

const { Kind } = proto.PropertyDiff;
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** The engine's form of a diff, with every path in the detailed part. */
export function diffResponse(diff: { changed: boolean; changes: Changes }): proto.DiffResponse {
  const response = new proto.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  response.setChanges(diff.changed ? DIFF_SOME : DIFF_NONE);
  const paths = Object.keys(diff.changes);
  response.setDiffsList(paths);
  response.setReplacesList(paths.filter((path) => diff.changes[path]?.replace));
  response.setHasdetaileddiff(true);
  for (const [path, change] of Object.entries(diff.changes)) {
    response.getDetaileddiffMap().set(path, propertyDiff(change));
  }
  return response;
}

function propertyDiff(change: PropertyChange): proto.PropertyDiff {
  const diff = new proto.PropertyDiff();
  diff.setKind(KINDS[change.kind][change.replace ? 1 : 0]);
  diff.setInputdiff(false);
  return diff;
}
