import type { AuditEnd } from "./renderSettings";

/** A Java properties file. */
export function renderProperties(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${escape(value)}\n`)
    .join("");
}

/** The properties of one stream, each after `name` and a dot. */
export function endProperties(name: string, { bootstrapServers, security, topic }: AuditEnd): Record<string, string> {
  return {
    [`${name}.bootstrap`]: bootstrapServers.join(","),
    [`${name}.topic`]: topic,
    ...(security === undefined
      ? {}
      : {
          [`${name}.ca`]: security.ca,
          [`${name}.username`]: security.username,
          [`${name}.password`]: security.password,
        }),
  };
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\r", "").replaceAll("\n", "\\n").replace(/^ /, "\\ ");
}
