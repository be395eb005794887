/**
 * Keeps something to be run once at the end of an actor's instance or of the system; what it throws is
 * reported and keeps nothing else from running.
 *
 * @returns a function that takes it back
 */
export function deferIn(
  leases: Set<() => void>,
  run: () => void,
  report: (error: unknown) => void,
): () => void {
  const end = () => {
    leases.delete(end)
    try {
      run()
    } catch (error) {
      report(error)
    }
  }
  leases.add(end)
  return () => void leases.delete(end)
}
