/** The files of a first project: two actors and their supervisor, and what an editor and npm need. */
import type { OwnPackage } from '../package.ts'

/** File names and what they hold. */
export type Project = Readonly<Record<string, string>>

export function firstProject(name: string, own: OwnPackage): Project {
  return {
    'package.json': packageJson(name, own),
    'tsconfig.json': TSCONFIG,
    '.gitignore': 'node_modules/\n.neuroplex/\n',
    'agents.ts': AGENTS,
    'README.md': readme(name),
  }
}

/** A name that npm accepts, from that of the folder. */
export function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
  return name === '' ? 'my-agents' : name
}

function packageJson(name: string, own: OwnPackage): string {
  const content = {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: {
      start: 'neuroplex run ./agents.ts',
      supervised: 'neuroplex run ./agents.ts --supervised',
      top: 'neuroplex top',
      check: 'tsc',
    },
    dependencies: { [own.name]: own.installed ? `^${own.version}` : `file:${own.folder}` },
    devDependencies: { '@types/node': '^26.0.0', typescript: '^6.0.0' },
  }
  return `${JSON.stringify(content, undefined, 2)}\n`
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true
  }
}
`

const AGENTS = `import { Actor, type ActorRef, child, supervisor } from 'neuroplex'

/** Knows the weather, until its sensor breaks down: every fifth reading fails. */
export class Forecaster extends Actor {
  #readings = 0

  forecast(city: string): string {
    this.#readings += 1
    if (this.#readings === 5) throw new Error('the sensor has broken down')
    const degrees = 15 + Math.floor(Math.random() * 10)
    return \`\${city}: \${degrees} °C, reading \${this.#readings} since the forecaster's start\`
  }
}

/** Asks for a forecast every second and tells what it gets. Failures of the forecaster don't touch it. */
export class Reporter extends Actor {
  onStart() {
    this.context.timers.every(1_000, () => this.#report())
  }

  async #report() {
    const forecaster = await this.context.lookup('/user/root/forecaster')
    if (!forecaster) return this.context.log.warn('there is no forecaster')
    try {
      const text = await (forecaster as ActorRef<Forecaster>).ask.forecast('Lisbon')
      this.context.log.info(text)
    } catch (error) {
      this.context.log.warn(\`no forecast this time: \${(error as Error).message}\`)
    }
  }
}

/** The root of the tree: starts both actors, and starts again whichever fails. */
export default supervisor({
  strategy: 'one-for-one',
  intensity: { restarts: 5, withinMs: 10_000 },
  children: {
    forecaster: child(Forecaster),
    reporter: child(Reporter),
  },
})
`

function readme(name: string): string {
  return `# ${name}

Two actors under a supervisor, in \`agents.ts\`: a reporter asks a forecaster for the weather every second. Every fifth
forecast fails; watch the supervisor start the forecaster again while the reporter goes on.

    npm install
    npm start                                        # Ctrl-C stops all in order

In a second terminal, in this folder:

    npx neuroplex tree                               # all actors
    npx neuroplex top                                # what they are busy with, live
    npx neuroplex trace /user/root/forecaster        # the messages of one of them
    npx neuroplex restart /user/root/reporter

\`npm run supervised\` also brings the whole process back, should it crash. \`npm run check\` checks the types.
\`npx neuroplex --help\` shows all commands.
`
}
