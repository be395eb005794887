/** Puts the figures of all runs together: per figure, neuroplex's and those of its peers. */
import type { Unit } from './figure.ts'
import type { Machine } from './machine.ts'
import type { Outcome } from './runner.ts'
import { type Summary, summarize } from './statistics.ts'
import type { ContenderId, FigurePlan, PeerId, Target, Workload } from './workload.ts'

export interface PeerFigure extends Summary {
  readonly id: PeerId
  readonly name: string
  /** neuroplex's median divided by the peer's. */
  readonly ratio: number
}

export interface ReportedTarget extends Target {
  readonly text: string
  /** Undefined where the peer that it refers to took no part. */
  readonly reached: boolean | undefined
}

export interface ReportedFigure extends Summary {
  readonly name: string
  readonly workload: string
  readonly unit: Unit
  readonly better: 'higher' | 'lower'
  readonly note?: string
  readonly peers: readonly PeerFigure[]
  readonly targets: readonly ReportedTarget[]
}

export interface Report {
  readonly machine: Machine
  readonly options: {
    readonly runs: number
    readonly quick: boolean
    /** Runs of all programs together, and how many of them began on a machine that had other work. */
    readonly turns: number
    readonly disturbed: number
  }
  readonly figures: readonly ReportedFigure[]
  readonly absent: readonly { readonly name: string; readonly install: string }[]
  readonly failures: readonly { readonly name: string; readonly workload: string; readonly why: string }[]
}

export function figuresOf(workloads: readonly Workload[], outcomes: readonly Outcome[]): ReportedFigure[] {
  return workloads.flatMap((workload) => {
    const own = outcomes.filter((outcome) => outcome.workload === workload)
    return Object.entries(workload.figures).flatMap(([name, plan]) => reportFigure(workload, name, plan, own))
  })
}

function reportFigure(
  workload: Workload,
  name: string,
  plan: FigurePlan,
  outcomes: readonly Outcome[],
): ReportedFigure[] {
  const runs = valuesOf(outcomes, 'neuroplex', name, plan.unit)
  if (runs.length === 0) return []
  const summary = summarize(runs)
  const peers = workload.peers.flatMap((id) =>
    peerFigure(outcomes, id, plan.against ?? name, plan.unit, summary),
  )
  const targets = (plan.targets ?? []).map((target) => judge(target, plan, summary, peers))
  const { unit, better, note } = plan
  return [{ name, workload: workload.name, unit, better, note, ...summary, peers, targets }]
}

function peerFigure(
  outcomes: readonly Outcome[],
  id: PeerId,
  name: string,
  unit: Unit,
  own: Summary,
): PeerFigure[] {
  const runs = valuesOf(outcomes, id, name, unit)
  if (runs.length === 0) return []
  const summary = summarize(runs)
  const contender = outcomes.find((outcome) => outcome.contender.id === id)!.contender
  return [{ id, name: contender.name, ...summary, ratio: own.median / summary.median }]
}

/** Throws where two programs mean different things by one name. */
function valuesOf(outcomes: readonly Outcome[], id: ContenderId, name: string, unit: Unit): number[] {
  const figures = outcomes
    .filter(({ contender }) => contender.id === id)
    .flatMap((outcome) => outcome.figures.filter((figure) => figure.name === name))
  const stranger = figures.find((figure) => figure.unit !== unit)
  if (stranger !== undefined) throw new TypeError(`${id} tells "${name}" in ${stranger.unit}, not in ${unit}`)
  return figures.map((figure) => figure.value)
}

function judge(target: Target, plan: FigurePlan, own: Summary, peers: readonly PeerFigure[]): ReportedTarget {
  const unit = target.times === undefined ? ` ${plan.unit}` : `× ${nameOf(target.times, peers)}`
  const text = `${target.bound} ${target.value.toLocaleString('en')}${unit}`
  const base = target.times === undefined ? 1 : baseOf(target.times, plan, peers)
  if (base === undefined) return { ...target, text, reached: undefined }
  const limit = target.value * base
  return { ...target, text, reached: target.bound === 'at least' ? own.median >= limit : own.median <= limit }
}

function nameOf(times: PeerId | 'fastest peer', peers: readonly PeerFigure[]): string {
  return times === 'fastest peer' ? 'the fastest peer' : (peers.find(({ id }) => id === times)?.name ?? times)
}

function baseOf(
  times: PeerId | 'fastest peer',
  plan: FigurePlan,
  peers: readonly PeerFigure[],
): number | undefined {
  if (times !== 'fastest peer') return peers.find(({ id }) => id === times)?.median
  if (peers.length === 0) return undefined
  const medians = peers.map(({ median }) => median)
  return plan.better === 'higher' ? Math.max(...medians) : Math.min(...medians)
}
