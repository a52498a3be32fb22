import type { Context, Progress } from '../context.ts'

/**
 * What the documented API calls the stages of an execution, with the share of it, in percent, at which each begins and
 * ends. Rows are masked, packed, sealed and uploaded in one stream, so that `Uploading` is what is left of that when the
 * last row is on its way.
 */
const BACKUP_STAGES = {
  Initializing: [0, 2],
  Dumping: [2, 10],
  Anonymizing: [10, 65],
  Uploading: [65, 75],
  Verifying: [75, 82],
  Retention: [82, 84],
  Restoring: [84, 99],
} as const

export type BackupStage = keyof typeof BACKUP_STAGES

/** Which stage the steps of a dump belong to. */
function stageOfDump(step: string): BackupStage {
  return step === 'copy' ? 'Anonymizing' : 'Dumping'
}

/** Says how far a whole execution is, in percent that never fall, from how far its parts are. */
export class StageProgress {
  readonly #context: Context
  #percent = 0
  #stage: BackupStage = 'Initializing'

  readonly #masks: boolean

  constructor(context: Context, { masks = true } = {}) {
    this.#context = context
    this.#masks = masks
  }

  /** The stage has come so far: 0 to 1. */
  at(stage: BackupStage, fraction: number, item?: string): void {
    const [begin, end] = BACKUP_STAGES[stage]
    const percent = begin + (end - begin) * Math.min(1, Math.max(0, fraction))
    // Rows that are copied as they are must not be said to be anonymized.
    if (percent >= this.#percent) this.#stage = stage === 'Anonymizing' && !this.#masks ? 'Dumping' : stage
    this.#percent = Math.max(this.#percent, percent)
    this.#context.onProgress({ stage: this.#stage, done: this.#percent, total: 100, item })
  }

  /** A context for a part of a stage's work: `index` of `count` equal parts. */
  part(stage: BackupStage, index: number, count: number): Context {
    return { ...this.#context, onProgress: (progress) => this.#part(stage, index, count, progress) }
  }

  /** A context for the dump of one of several databases. */
  dump(index: number, count: number): Context {
    return {
      ...this.#context,
      onProgress: (progress) => this.#part(stageOfDump(progress.stage), index, count, progress),
    }
  }

  #part(stage: BackupStage, index: number, count: number, { done, total, item }: Progress): void {
    this.at(stage, (index + (total > 0 ? Math.min(1, done / total) : 0)) / count, item)
  }
}
