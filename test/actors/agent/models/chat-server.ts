import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a client sent to the server. */
export interface ChatRequest {
  readonly body: Record<string, unknown>
  readonly authorization: string | undefined
  /** Resolves when the client has gone before the whole answer was sent. */
  readonly gone: Promise<void>
}

/** Answers one request. */
export type Responder = (request: ChatRequest, response: ServerResponse) => void

/** A real HTTP server that speaks the OpenAI chat protocol and answers as a test says. */
export class ChatServer implements AsyncDisposable {
  readonly requests: ChatRequest[] = []
  readonly #server = createServer((request, response) =>
    this.#serve(request, response).catch(() => response.destroy()),
  )
  readonly #respond: Responder

  private constructor(respond: Responder) {
    this.#respond = respond
  }

  static async start(respond: Responder): Promise<ChatServer> {
    const server = new ChatServer(respond)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get baseURL(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const gone = new Promise<void>((resolve) =>
      response.on('close', () => response.writableFinished || resolve()),
    )
    const received = {
      body: JSON.parse(Buffer.concat(chunks).toString()),
      authorization: request.headers.authorization,
      gone,
    }
    this.requests.push(received)
    this.#respond(received, response)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Sends a complete answer with this text. */
export function say(response: ServerResponse, content: string, finish = 'stop'): void {
  const completion = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'test-model',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
    usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion))
}

/** The text of the user's last message. */
export function lastMessage(request: ChatRequest): string {
  const messages = request.body.messages as { content: string | { text: string }[] }[]
  const content = messages.at(-1)!.content
  return typeof content === 'string' ? content : content.map((part) => part.text).join('')
}
