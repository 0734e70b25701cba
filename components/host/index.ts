// Hosts: reaching, checking and preparing them. For other components and stacks.
export type { HostAccess } from "./hostAccess";
export { checkBeforeChange } from "./checkHosts";
export type { HostRecord } from "./hostRecord";
export { prepareHost, renderResetHost } from "./prepareHost";
export { createRemoteScript, fromStdin, type RemoteScriptArgs } from "./remoteScript";
export { assignments, putFunction, quote } from "./shell";
export type { PrepareHostSettings } from "./renderPrepareHost";
