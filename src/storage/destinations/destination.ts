/** A file in a destination. */
export interface StoredFile {
  /** Below the root of the destination, with `/` between folders. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly modifiedAt: Date
}

/**
 * Where backups are kept. Paths are relative to the destination's own root (`basePath`, `pathPrefix`), which nothing
 * leads out of. All methods end early when the signal aborts, with its reason, and throw `storage-…` faults that name
 * the path and hold no secret. Declare it by `await using`, which ends its connections.
 */
export interface Destination extends AsyncDisposable {
  /**
   * Writes a file from a stream, with back pressure. Nobody sees it, under its name or in a listing, before it is whole;
   * what fails or is aborted is taken back. Replaces a file of the same name. Throws `storage-failed`.
   */
  put(path: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
  /** The bytes of a file, from `start`. Throws `storage-file-missing` before the first byte, `storage-failed`. */
  get(path: string, signal: AbortSignal, start?: number): AsyncIterable<Uint8Array>
  /** Throws `storage-failed`; undefined where there is no such file. */
  find(path: string, signal: AbortSignal): Promise<StoredFile | undefined>
  /** All files below a folder ('' for all), however many pages that takes; in no particular order. */
  list(folder: string, signal: AbortSignal): AsyncIterable<StoredFile>
  /** Removes a file; that it is not there is no error. */
  remove(path: string, signal: AbortSignal): Promise<void>
  /** Removes what writes that were killed left below a folder: partial files, uploads begun. Nobody may be writing there. */
  sweep(folder: string, signal: AbortSignal): Promise<void>
}
