import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { z } from 'zod'
import { ChatModel, type ChatModelOptions } from '../../../../actors/agent/models/chat.ts'
import { ChatServer, lastMessage, type Responder, say } from './chat-server.ts'

const never = new AbortController().signal
const VERDICT = z.object({ spam: z.boolean(), why: z.string() })
const VERDICT_AS_DATA = {
  type: 'object',
  properties: { spam: { type: 'boolean' }, why: { type: 'string' } },
  required: ['spam', 'why'],
  additionalProperties: false,
}

/** Asks one question of a server that answers so. */
async function askOne<T>(respond: Responder, options: Partial<ChatModelOptions<T>> = {}): Promise<unknown> {
  await using server = await ChatServer.start(respond)
  const [answer] = await new ChatModel<T>({ baseURL: server.baseURL, model: 'm', ...options }).infer(
    ['Is it spam?'],
    never,
  )
  return answer
}

test('text comes back with its tokens', async () => {
  const answer = await askOne((_, response) => say(response, 'hello'))
  assert.deepEqual(answer, {
    value: 'hello',
    text: 'hello',
    finishReason: 'stop',
    inputTokens: 12,
    outputTokens: 5,
  })
})

test('the server gets the model, the instructions, the conversation, the limits and the key', async () => {
  process.env.NEUROPLEX_TEST_KEY = 'secret'
  await using server = await ChatServer.start((_, response) => say(response, 'yes'))
  const model = new ChatModel({
    baseURL: server.baseURL,
    model: 'small',
    instructions: 'Be brief.',
    apiKeyVariable: 'NEUROPLEX_TEST_KEY',
    maxOutputTokens: 9,
    temperature: 0,
  })
  await model.infer(
    [
      [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
        { role: 'user', content: 'c' },
      ],
    ],
    never,
  )
  const { body, authorization } = server.requests[0]!
  assert.equal(authorization, 'Bearer secret')
  assert.equal(body.model, 'small')
  assert.equal(body.max_tokens, 9)
  assert.equal(body.temperature, 0)
  const messages = body.messages as { role: string; content: string }[]
  assert.deepEqual(
    messages.map((each) => each.role),
    ['system', 'user', 'assistant', 'user'],
  )
  assert.equal(messages[0]!.content, 'Be brief.\n\nBe kind.')
})

test('a key that is not set is said before anything is sent', async () => {
  const model = new ChatModel({
    baseURL: 'http://127.0.0.1:1/v1',
    model: 'm',
    apiKeyVariable: 'NEUROPLEX_NO_SUCH_KEY',
  })
  await assert.rejects(model.load(), { code: 'MODEL_UNAVAILABLE', message: /NEUROPLEX_NO_SUCH_KEY/ })
})

for (const [name, schema] of [
  ['a zod schema', VERDICT],
  ['a JSON schema', VERDICT_AS_DATA],
] as const) {
  test(`${name} makes the answer a checked object`, async () => {
    const respond: Responder = (request, response) => {
      assert.equal((request.body.response_format as { type: string }).type, 'json_schema')
      say(response, '{"spam":true,"why":"pills"}')
    }
    const answer = (await askOne(respond, { schema })) as { value: unknown }
    assert.deepEqual(answer.value, { spam: true, why: 'pills' })
  })

  for (const bad of [
    '{"spam":"perhaps","why":"pills"}',
    '{"spam":true}',
    'I think it is spam.',
    '{"spam":tr',
    '',
  ]) {
    test(`${name} refuses ${JSON.stringify(bad)}`, async () => {
      await assert.rejects(
        askOne((_, response) => say(response, bad), { schema }),
        { code: 'MODEL_ANSWER', target: 'm' },
      )
    })
  }
}

test('a schema that is none is refused before anything is sent', async () => {
  const model = new ChatModel({ baseURL: 'http://127.0.0.1:1/v1', model: 'm', schema: { type: 'nonsense' } })
  await assert.rejects(model.load(), { code: 'INVALID_OPTION' })
})

test('an object that was cut at the token limit is refused', async () => {
  await assert.rejects(
    askOne((_, response) => say(response, '{"spam":true,"wh', 'length'), { schema: VERDICT }),
    { code: 'MODEL_ANSWER' },
  )
})

for (const body of ['this is no JSON', '{}', '{"choices":[]}', '[1,2,3]']) {
  test(`a server that answers ${body} is found out`, async () => {
    const respond: Responder = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    await assert.rejects(askOne(respond), { code: /^MODEL_(ANSWER|FAILED)$/ })
  })
}

for (const status of [400, 401, 404, 429, 500, 503]) {
  test(`status ${status} of the server is told`, async () => {
    const respond: Responder = (_, response) =>
      response.writeHead(status).end('{"error":{"message":"not today"}}')
    await assert.rejects(askOne(respond), { code: 'MODEL_FAILED', status })
  })
}

test('a busy server is asked again when retries are allowed', async () => {
  let calls = 0
  const respond: Responder = (_, response) =>
    ++calls === 1 ? void response.writeHead(503, { 'retry-after-ms': '1' }).end() : say(response, 'now')
  assert.equal(((await askOne(respond, { retries: 1 })) as { value: string }).value, 'now')
})

test('a server that is not there is a failure', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => free.once('listening', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  const model = new ChatModel({ baseURL: `http://127.0.0.1:${port}/v1`, model: 'm' })
  await assert.rejects(model.infer(['x'], never), { code: 'MODEL_FAILED', message: /cannot be reached/ })
})

test('a connection that is cut in the answer is a failure', async () => {
  const respond: Responder = (_, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      .write('{"choices":')
    setImmediate(() => response.destroy())
  }
  await assert.rejects(askOne(respond), { code: /^MODEL_(FAILED|ANSWER)$/ })
})

test('a server that is silent is given up, and its connection closed', async () => {
  await using server = await ChatServer.start(() => {})
  const model = new ChatModel({ baseURL: server.baseURL, model: 'm', timeoutMs: 500 })
  await assert.rejects(model.infer(['x'], never), { code: 'MODEL_TIMEOUT', message: /500 ms/ })
  await server.requests[0]!.gone
})

test('a server that never ends its answer is given up at the time limit', async () => {
  const respond: Responder = (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":"')
  await assert.rejects(askOne(respond, { timeoutMs: 100 }), { code: 'MODEL_TIMEOUT' })
})

test('an answer beyond the bound of bytes is given up', async () => {
  await assert.rejects(
    askOne((_, response) => say(response, 'x'.repeat(100_000)), { maxAnswerBytes: 10_000 }),
    {
      code: /^MODEL_(FAILED|ANSWER)$/,
      message: /more than 10000 bytes/,
    },
  )
})

test('a call that is cancelled ends with the reason of its signal, and leaves the server', async () => {
  const controller = new AbortController()
  await using server = await ChatServer.start(() => controller.abort(new Error('the user left')))
  const model = new ChatModel({ baseURL: server.baseURL, model: 'm' })
  await assert.rejects(model.infer(['x'], controller.signal), /the user left/)
  await server.requests[0]!.gone
})

test('a call that was cancelled before is not sent', async () => {
  await using server = await ChatServer.start((_, response) => say(response, 'x'))
  const model = new ChatModel({ baseURL: server.baseURL, model: 'm' })
  await assert.rejects(model.infer(['x'], AbortSignal.abort(new Error('too late'))), /too late/)
  assert.equal(server.requests.length, 0)
})

test('many questions keep their order, and no more than allowed are under way', async () => {
  let open = 0
  let most = 0
  await using server = await ChatServer.start((request, response) => {
    most = Math.max(most, ++open)
    setTimeout(
      () => {
        open--
        say(response, `re: ${lastMessage(request)}`)
      },
      Number(lastMessage(request)) % 7,
    )
  })
  const model = new ChatModel({ baseURL: server.baseURL, model: 'm', concurrency: 3 })
  const questions = Array.from({ length: 20 }, (_, i) => String(i))
  const answers = await model.infer(questions, never)
  assert.deepEqual(
    answers.map((each) => each.value),
    questions.map((each) => `re: ${each}`),
  )
  assert.ok(most <= 3)
})

test('one failure gives up the whole batch and cancels its other requests', async () => {
  const waiting = new Map<string, ServerResponse>()
  await using server = await ChatServer.start((request, response) => {
    waiting.set(lastMessage(request), response)
    // Only when all three have come is one of them refused, so that there is something to cancel.
    if (waiting.size === 3) waiting.get('bad')!.writeHead(400).end('{}')
  })
  const model = new ChatModel({ baseURL: server.baseURL, model: 'm', concurrency: 3 })
  await assert.rejects(model.infer(['slow', 'slower', 'bad', 'never sent'], never), {
    code: 'MODEL_FAILED',
    status: 400,
  })
  await Promise.all(server.requests.filter((each) => lastMessage(each) !== 'bad').map((each) => each.gone))
  assert.equal(server.requests.length, 3)
})
