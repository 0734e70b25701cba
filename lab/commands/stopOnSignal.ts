/** Aborted by Ctrl-C and by a polite end, so that clean-up can run to its end; the second one does not wait for it. */
export function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => (stop.signal.aborted ? process.exit(130) : stop.abort(name)));
  }
  return stop.signal;
}
