import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run, runIfThere } from '../execute.ts'
import { writeSizes } from '../figure.ts'
import type { PeerId } from '../workload.ts'
import { buildIfChanged, CACHE, PEERS } from './build.ts'
import type { Contender } from './contender.ts'

const SOURCES = join(PEERS, 'erlang')
const OUTPUT = join(CACHE, 'bench', 'erlang')

/** More processes than the emulator allows without being asked. */
const MAX_PROCESSES = 4_000_000

/** Two schedulers, as there are cores; and one, which spares it the locks, for work on one thread. */
export const erlang = erlangWith('erlang', 2)
export const erlangOne = erlangWith('erlang-one', 1)

function erlangWith(id: PeerId, schedulers: number): Contender {
  return {
    id,
    name: `Erlang/OTP +S ${schedulers}:${schedulers}`,
    install: 'apt-get install erlang-base',
    version,
    prepare: () => buildIfChanged(SOURCES, OUTPUT, compile),
    command: (workload, sizes) => ({
      file: 'erl',
      args: [
        ...['-noshell', '+S', `${schedulers}:${schedulers}`, '+P', `${MAX_PROCESSES}`, '-pa', OUTPUT],
        ...['-run', 'bench', 'main', workload.name, ...writeSizes(sizes)],
      ],
    }),
  }
}

/** Fails where the emulator is there without the compiler. */
const TELL_VERSION = `
  {module, _} = code:ensure_loaded(compile),
  io:format("OTP ~s (erts ~s)", [erlang:system_info(otp_release), erlang:system_info(version)]),
  halt().`

function version(): Promise<string | undefined> {
  return runIfThere('erl', ['-noshell', '-eval', TELL_VERSION])
}

async function compile(): Promise<void> {
  const modules = (await readdir(SOURCES)).filter((file) => file.endsWith('.erl'))
  await run('erlc', ['-Werror', '-o', OUTPUT, ...modules], { cwd: SOURCES })
}
