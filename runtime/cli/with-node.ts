/** Connects to the running node that a command line names, for as long as a command needs it. */
import { ControlClient } from '../telemetry/control-client.ts'
import type { ControlPlace } from '../telemetry/control-path.ts'

export async function withNode<T>(
  place: ControlPlace,
  use: (client: ControlClient) => Promise<T>,
): Promise<T> {
  using client = await ControlClient.connect({ dataDir: place.dataDir, socket: place.socket })
  return await use(client)
}

/** Aborted by Ctrl-C, for commands that go on until then and end well by it. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => controller.abort())
  return controller.signal
}
