/** Acts that run side by side. Whoever begins them hears of a failure by `onFailure`, at once. */
export interface Underway {
  begin(act: Promise<void>): void
  /** Waits until fewer than so many are running. */
  room(most: number): Promise<void>
  /** Waits for all, and throws nothing. */
  settled(): Promise<void>
}

export function underway(onFailure: (error: unknown) => void): Underway {
  const running = new Set<Promise<void>>()
  return {
    begin(act) {
      const ended = act.catch(onFailure).finally(() => running.delete(ended))
      running.add(ended)
    },
    async room(most) {
      while (running.size >= most) await Promise.race(running)
    },
    async settled() {
      await Promise.all(running)
    },
  }
}
