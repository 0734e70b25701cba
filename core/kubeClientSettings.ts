/**
 * How Pulumi's Kubernetes provider asks an API server: a request may take two minutes. By default discovery has 32 s, and an API
 * server on hosts without a free core did not answer /openapi/v2 in that, which failed an `up` half-way. One that cannot be reached
 * at all fails no later for it: the TLS handshake has ten seconds of its own. Watches end by it too; the provider takes them up again.
 */
export const kubeClientSettings = { timeout: 120 };
