/**
 * Kafka's text form of 16 random bytes (cluster id, directory id): base64url without padding.
 * Kafka never makes one that starts with a dash, because command lines take it for an option; neither do we.
 *
 * @param base64 16 bytes in standard base64
 */
export function kafkaUuid(base64: string): string {
  const text = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  if (!/^[\w-]{22}$/.test(text))
    throw new Error(`a Kafka id wants 16 bytes in base64, not ${base64.length} characters`);
  return text.startsWith("-") ? `A${text.slice(1)}` : text;
}
