import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, runIfThere } from '../execute.ts'
import { writeSizes } from '../figure.ts'
import { buildIfChanged, CACHE, PEERS } from './build.ts'
import type { Contender } from './contender.ts'

const SOURCES = join(PEERS, 'pekko')
const OUTPUT = join(CACHE, 'bench', 'pekko')
const CLASSPATH = join(OUTPUT, 'classpath')

/**
 * A heap that two million waiting messages fit in, and the collector with the highest throughput. On
 * two cores the JVM's common pool has no thread unless told so, and then starts one per future.
 */
const JVM_OPTIONS = [
  ...['-Xms2g', '-Xmx6g', '-XX:+UseParallelGC'],
  '-Djava.util.concurrent.ForkJoinPool.common.parallelism=2',
]

/** Pekko typed, on all cores, as it comes. */
export const pekko: Contender = {
  id: 'pekko',
  name: 'Pekko typed',
  install: 'apt-get install openjdk-17-jdk-headless maven',
  version,
  prepare: () => buildIfChanged(SOURCES, OUTPUT, compile),
  command: (workload, sizes) => ({
    file: 'java',
    args: [
      ...JVM_OPTIONS,
      ...['-cp', `${join(OUTPUT, 'classes')}:${readFileSync(CLASSPATH, 'utf8').trim()}`],
      ...['bench.Main', workload.name, ...writeSizes(sizes)],
    ],
  }),
}

async function version(): Promise<string | undefined> {
  const compiler = await runIfThere('javac', ['--version'])
  const maven = await runIfThere('mvn', ['--version'])
  if (compiler === undefined || maven === undefined) return undefined
  const pom = await readFile(join(SOURCES, 'pom.xml'), 'utf8')
  const release = /<pekko\.version>(.*)<\/pekko\.version>/.exec(pom)?.[1]
  return `${release}, Java ${compiler.replace('javac', '').trim()}`
}

/** Fetches Pekko on the first time, which takes the network and up to some minutes. */
async function compile(): Promise<void> {
  const folders = [`-Dmaven.repo.local=${join(CACHE, 'maven')}`, `-Dbench.output=${OUTPUT}`]
  const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${CLASSPATH}`]
  await run('mvn', ['-q', '-B', '-ntp', '-f', join(SOURCES, 'pom.xml'), ...folders, ...goals], {
    timeoutMs: 600_000,
  })
}
