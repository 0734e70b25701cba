import { resolve } from "node:path";

/** Where one lab keeps what Pulumi needs. All paths absolute. */
export interface PulumiPlaces {
  /** The program: the folder of Pulumi.yaml. */
  projectDir: string;
  /** PULUMI_HOME: plugins, the selected stack. */
  home: string;
  /** The file backend: state, history, locks. */
  backendDir: string;
  /** Made with a random passphrase on first use. */
  passphraseFile: string;
  /** Copies of the stack files, with the salt that the CLI adds to them. */
  configDir: string;
  /** Folders with the `pulumi` executable and with plugins. */
  binDirs: readonly string[];
}

/** The places below `<projectDir>/.lab`. */
export function labPlaces(projectDir: string, binDirs: readonly string[]): PulumiPlaces {
  const lab = (name: string) => resolve(projectDir, ".lab", name);
  return {
    projectDir: resolve(projectDir),
    home: lab("pulumi-home"),
    backendDir: lab("pulumi"),
    passphraseFile: lab("passphrase"),
    configDir: lab("stack-config"),
    binDirs: binDirs.map((folder) => resolve(folder)),
  };
}
