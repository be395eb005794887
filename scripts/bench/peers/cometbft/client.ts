/** Sends transactions to the validators in turns, and hears of final blocks from one of them. */
import { Agent, request } from 'node:http'
import type { Chain } from '../../finality-load.ts'
import type { Network } from './network.ts'

/** Values under so many keys, as neuroplex' transactions have them. */
const KEYS = 10_000

export async function clientOf(network: Network, bytes: number): Promise<Chain> {
  const waiting = new Map<string, (count: number) => void>()
  await onBlock(network.urls[0]!, (transactions) => {
    for (const transaction of transactions) {
      const id = idOf(transaction)
      waiting.get(id)?.(1)
      waiting.delete(id)
    }
  })
  const agents = network.urls.map(() => new Agent({ keepAlive: true, maxSockets: 4 }))
  let sent = 0
  let calls = 0
  return {
    cpuMs: () => network.cpuMs(),
    send(count, final) {
      const bodies: string[] = []
      for (let i = 0; i < count; i++) {
        const id = `${sent++}`
        waiting.set(id, final)
        const tx = Buffer.from(`key-${sent % KEYS}=${id}-`.padEnd(bytes, 'x')).toString('base64')
        bodies.push(
          JSON.stringify({ jsonrpc: '2.0', id: sent, method: 'broadcast_tx_async', params: { tx } }),
        )
      }
      const to = calls++ % agents.length
      // An error ends the run.
      void post(network.urls[to]!, agents[to]!, `[${bodies.join(',')}]`)
    },
  }
}

/** What a transaction is told apart by stands in front of its value. */
function idOf(base64: string): string {
  const text = Buffer.from(base64.slice(0, 64), 'base64').toString('latin1')
  return text.slice(text.indexOf('=') + 1, text.indexOf('-', text.indexOf('=')))
}

interface NewBlock {
  readonly result?: {
    readonly data?: { readonly value?: { readonly block?: { readonly data: { readonly txs?: string[] } } } }
  }
}

async function onBlock(url: string, take: (transactions: readonly string[]) => void): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`)
  await new Promise((opened, failed) => {
    socket.addEventListener('open', opened)
    socket.addEventListener('error', failed)
  })
  socket.addEventListener('message', ({ data }) => {
    const block = (JSON.parse(data as string) as NewBlock).result?.data?.value?.block
    if (block !== undefined) take(block.data.txs ?? [])
  })
  const params = { query: "tm.event='NewBlock'" }
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscribe', params }))
}

function post(url: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const call = request(url, { method: 'POST', agent, headers }, async (response) => {
      let answer = ''
      for await (const chunk of response) answer += chunk
      if (answer.includes('"error"')) reject(new Error(`CometBFT refused: ${answer.slice(0, 300)}`))
      else resolve()
    })
    call.on('error', reject)
    call.end(body)
  })
}
