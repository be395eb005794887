/** Asks on the terminal for what must not be seen there. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UsageError } from '../errors.ts'

/** The answers to the questions, in their order; what is typed is edited as usual, but not shown. */
export async function askSecrets(questions: readonly string[]): Promise<string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  reader.on('SIGINT', () => {
    reader.close()
    process.kill(process.pid, 'SIGINT')
  })
  try {
    const lines = reader[Symbol.asyncIterator]()
    const answers: string[] = []
    for (const question of questions) {
      process.stderr.write(`${question}: `)
      const { value, done } = await lines.next()
      process.stderr.write('\n')
      if (done) throw new UsageError('no passphrase was given')
      answers.push(value)
    }
    return answers
  } finally {
    reader.close()
  }
}
