/** A process that listens on a control socket until it is killed: `node control-process.ts <folder>`. */
import { ControlServer } from '../../../runtime/telemetry/control-server.ts'
import { MemoryControl } from './memory-control.ts'

await ControlServer.listen(new MemoryControl(), { dataDir: process.argv[2] })
process.send?.('listening')
setInterval(() => {}, 60_000)
