/** `neuroplex doctor`: is this machine fit to run a node? */
import type { Command } from 'commander'
import { DEFAULT_DATA_DIR } from '../../telemetry/control-path.ts'
import { type Finding, type Status, worst } from '../doctor/finding.ts'
import { examineCores, examineMemory, examineNode, examineOpenFiles } from '../doctor/machine.ts'
import { examineNativeParts } from '../doctor/native.ts'
import { examineSocket, examineStorage } from '../doctor/storage.ts'
import { examineThreads } from '../doctor/threads.ts'
import { EXIT } from '../exit-codes.ts'
import { print, printDocument, styled } from '../output.ts'
import { type NodeOptions, newNodeCommand } from '../program.ts'

const EXIT_OF: Readonly<Record<Status, number>> = { ok: EXIT.ok, warn: EXIT.warned, fail: EXIT.failed }

export function doctor(): Command {
  return newNodeCommand('doctor', 'examine whether this machine is fit to run a node', [
    'neuroplex doctor',
    'neuroplex doctor --data-dir /var/lib/agents --json',
  ]).action(examine)
}

async function examine(options: NodeOptions): Promise<void> {
  const findings = [
    examineNode(),
    examineCores(),
    examineMemory(),
    examineOpenFiles(),
    await examineThreads(),
    ...examineNativeParts(),
    ...examineStorage(options.dataDir ?? DEFAULT_DATA_DIR),
    examineSocket(options),
  ]
  process.exitCode = EXIT_OF[worst(findings)]
  if (options.json) return printDocument({ worst: worst(findings), findings })
  for (const finding of findings) await print(renderFinding(finding))
  await print(`\n${renderVerdict(worst(findings))}`)
}

function renderFinding({ status, message, advice }: Finding): string {
  const line = `${renderStatus(status)}  ${message}`
  return advice === undefined ? line : `${line}\n      ${styled('dim', '→')} ${advice}`
}

function renderStatus(status: Status): string {
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const
  return styled(colour[status], status.padEnd(4))
}

function renderVerdict(status: Status): string {
  if (status === 'ok') return 'this machine is fit to run a node'
  return status === 'warn'
    ? 'a node runs here, but see the warnings above'
    : 'a node will not run well here; see what failed above'
}
