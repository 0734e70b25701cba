import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../labError";
import { messageOf } from "../../core/errors";
import { anyRackLeft } from "./record";
import { stateRoot } from "./paths";
import { writeWhole } from "./writeWhole";

interface KernelParameter {
  name: string;
  value: number;
  /** A higher value that stands already is left. */
  atLeast: boolean;
}

/**
 * Kernel parameters that all hosts share because no namespace holds them. Ten hosts' systemd and kubelets need far more
 * inotify instances than the 128 of one machine, and kubelet insists on its own overcommit and panic settings.
 */
export const kernelParameters: readonly KernelParameter[] = [
  { name: "fs.inotify.max_user_instances", value: 8192, atLeast: true },
  { name: "fs.inotify.max_user_watches", value: 1048576, atLeast: true },
  { name: "kernel.pid_max", value: 4194304, atLeast: true },
  { name: "kernel.keys.root_maxkeys", value: 1000000, atLeast: true },
  { name: "kernel.keys.root_maxbytes", value: 25000000, atLeast: true },
  { name: "vm.max_map_count", value: 262144, atLeast: true },
  { name: "vm.overcommit_memory", value: 1, atLeast: false },
  { name: "kernel.panic", value: 10, atLeast: false },
  { name: "kernel.panic_on_oops", value: 1, atLeast: false },
];

const savedFile = join(stateRoot, "kernel-parameters.json");

/** Sets the parameters; their former values are kept for `restoreKernel`, once for all racks of this machine. */
export function tuneKernel(): void {
  const former = savedParameters();
  for (const parameter of kernelParameters) {
    const file = fileOf(parameter.name);
    if (!existsSync(file)) continue;
    const current = readFileSync(file, "utf8").trim();
    if (isEnough(parameter, Number(current))) continue;
    former[parameter.name] ??= current;
    mkdirSync(stateRoot, { recursive: true });
    writeWhole(savedFile, `${JSON.stringify(former)}\n`);
    setParameter(file, parameter);
  }
}

/** Sets back what `tuneKernel` changed, when the last rack of this machine is gone. */
export function restoreKernel(): void {
  if (anyRackLeft()) return;
  for (const [name, value] of Object.entries(savedParameters())) writeFileSync(fileOf(name), `${value}\n`);
  rmSync(stateRoot, { recursive: true, force: true });
}

/** Whether a parameter's present value will do. */
export function isEnough({ value, atLeast }: KernelParameter, current: number): boolean {
  return atLeast ? current >= value : current === value;
}

function savedParameters(): Record<string, string> {
  return existsSync(savedFile) ? (JSON.parse(readFileSync(savedFile, "utf8")) as Record<string, string>) : {};
}

function setParameter(file: string, { name, value }: KernelParameter): void {
  try {
    writeFileSync(file, `${value}\n`);
  } catch (error) {
    throw new LabError(
      `kernel parameter ${name}: cannot be set to ${value}, which the hosts need: ${messageOf(error)}`,
    );
  }
}

function fileOf(name: string): string {
  return join("/proc/sys", ...name.split("."));
}
