/** The certificates in a text of several PEM blocks, without the keys. */
export function certificatesIn(pem: string): string {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/g) ?? [];
  if (found.length === 0) throw new Error("no certificate in the output of openssl; is it installed on this machine?");
  return found.map((block) => `${block.trimEnd()}\n`).join("");
}
