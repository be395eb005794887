/** Messages from one actor to another on one thread, without an answer. */
import { atLeast, type Workload, workload } from '../workload.ts'

export const messaging: Workload[] = [
  workload({
    name: 'ping-pong',
    about: 'two actors answer each other',
    sizes: { threads: 1, rounds: 3, messages: 2_000_000 },
    quick: { messages: 200_000 },
    peers: ['erlang', 'erlang-one', 'pekko'],
    figures: {
      'ping-pong': {
        unit: 'messages/s',
        better: 'higher',
        targets: [atLeast(3, 'erlang'), atLeast(2, 'fastest peer')],
      },
    },
    load: () => import('../workloads/ping-pong.ts'),
  }),
  workload({
    name: 'ring',
    about: 'one token passes around 10,000 actors',
    sizes: { threads: 1, rounds: 3, actors: 10_000, hops: 1_000_000 },
    quick: { hops: 200_000 },
    peers: ['erlang', 'erlang-one', 'pekko'],
    figures: {
      ring: { unit: 'hops/s', better: 'higher', targets: [atLeast(3, 'erlang'), atLeast(2, 'fastest peer')] },
    },
    load: () => import('../workloads/ring.ts'),
  }),
  workload({
    name: 'fan-in',
    about: '100 actors send to one that counts; no message is lost',
    sizes: { threads: 1, rounds: 3, senders: 100, messages: 2_000_000 },
    quick: { messages: 200_000 },
    peers: ['erlang', 'erlang-one', 'pekko'],
    figures: {
      'fan-in': {
        unit: 'messages/s',
        better: 'higher',
        targets: [atLeast(1, 'erlang')],
        note: "by tell; the receiver's mailbox is bounded at the number of messages, the peers' have no bound",
      },
      'fan-in by offer': {
        unit: 'messages/s',
        better: 'higher',
        against: 'fan-in',
        note: "by offer, which waits for room; the receiver's mailbox has its default bound of 10,000",
      },
    },
    load: () => import('../workloads/fan-in.ts'),
  }),
  workload({
    name: 'drain',
    about: '500,000 messages wait in one mailbox and are then handled',
    sizes: { threads: 1, rounds: 3, messages: 500_000 },
    quick: { messages: 100_000 },
    peers: ['erlang', 'pekko'],
    figures: {
      drain: {
        unit: 'messages/s',
        better: 'higher',
        targets: [atLeast(5_000_000)],
        note: 'the mailbox is bounded at the number of messages',
      },
    },
    load: () => import('../workloads/drain.ts'),
  }),
]
