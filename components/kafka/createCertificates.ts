import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { certificatesIn } from "./parsePem";
import type { Broker } from "./planBrokers";
import { readAsset } from "./renderBrokerFiles";

export interface Certificates {
  /** PEM, not secret. */
  ca: pulumi.Output<string>;
  /** PEM of key and certificate, by broker id. Secret. */
  brokers: Map<number, pulumi.Output<string>>;
  /** PEM of key and certificate of `User:admin`. Secret. */
  operator: pulumi.Output<string>;
}

/**
 * The cluster's certificate authority and what it signs, made by openssl on the operator's machine. Keys travel by
 * standard input and output only and rest in the state, encrypted. The authority is made once and never again.
 */
export function createCertificates(
  name: string,
  brokers: readonly Broker[],
  generation: number,
  options: pulumi.CustomResourceOptions,
): Certificates {
  const authority = openssl(
    `${name}-authority`,
    { script: "makeAuthority.sh", environment: { COMMON_NAME: `IoTEF Kafka ${name}` }, triggers: [] },
    // A change of the script must not make a new authority: every client that knows the old one would be locked out.
    { ...options, ignoreChanges: ["create", "environment", "interpreter"] },
  );
  const sign = (child: string, commonName: string, altNames: string) =>
    openssl(
      `${name}-certificate-${child}`,
      {
        script: "signCertificate.sh",
        environment: { COMMON_NAME: commonName, ALT_NAMES: altNames },
        stdin: authority.stdout,
        triggers: [generation],
      },
      options,
    ).stdout;
  return {
    ca: pulumi.unsecret(authority.stdout.apply(certificatesIn)),
    brokers: new Map(
      brokers.map((broker) => [broker.id, sign(broker.name, "broker", `IP:${broker.address}, DNS:${broker.name}`)]),
    ),
    operator: sign("operator", "admin", ""),
  };
}

interface OpensslArgs {
  script: string;
  environment: Record<string, string>;
  stdin?: pulumi.Input<string>;
  triggers: unknown[];
}

function openssl(
  name: string,
  { script, ...args }: OpensslArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      ...args,
      create: readAsset(script),
      interpreter: ["/bin/bash", "-c"],
      logging: "none",
      // The previous output is a key.
      addPreviousOutputInEnv: false,
    },
    { ...options, additionalSecretOutputs: ["stdout", "stdin"] },
  );
}
