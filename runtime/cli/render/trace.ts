/** One line for each message that passes a traced actor. */
import type { TraceEvent } from '../../telemetry/control.ts'
import { formatMicroseconds, formatTime } from '../format.ts'
import { printable, styled } from '../output.ts'

export function renderTrace(event: TraceEvent): string {
  const time = styled('dim', formatTime(event.at))
  const method = styled('bold', printable(event.method))
  const call = `${method}(${printable(event.args)})`
  const peer = event.peer === undefined ? '' : printable(event.peer)
  switch (event.kind) {
    case 'received':
      return `${time}  ${styled('cyan', '→ in  ')}  ${call}${peer && styled('dim', `  from ${peer}`)}`
    case 'sent':
      return `${time}  ${styled('magenta', '← out ')}  ${call}${peer && styled('dim', `  to ${peer}`)}`
    case 'handled':
      return `${time}  ${styled('green', '✓ done')}  ${method}  ${styled('dim', took(event))}`
    case 'failed':
      return `${time}  ${styled('red', '✗ fail')}  ${method}  ${styled('dim', took(event))}  ${styled('red', printable(event.error ?? ''))}`
  }
}

function took({ ms }: TraceEvent): string {
  return ms === undefined ? '' : formatMicroseconds(ms * 1_000)
}
