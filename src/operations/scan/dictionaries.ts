import { checkTemplate } from '../../compile/scan/template.ts'
import { type KnownColumns, readKnownColumns } from '../../dictionary/known-columns.ts'
import { type MetaDictionary, mergeMetaDictionaries, readMetaDictionary } from '../../dictionary/meta/meta.ts'
import {
  mergeSensitiveDictionaries,
  readSensitiveDictionary,
  type SensitiveDictionary,
} from '../../dictionary/sensitive.ts'
import type { ScanRequest } from './request.ts'

/** What a scan looks for and what is known already, as it was read before anything is asked of a database. */
export interface ScanDictionaries {
  readonly meta: MetaDictionary
  readonly prepared: SensitiveDictionary
  readonly known: KnownColumns
  /** Columns are also judged by the detection. */
  readonly detects: boolean
  /** The rules for values of the meta-dictionary are to be asked. */
  readonly looksByMeta: boolean
}

/** Throws the faults of dictionaries: `dictionary-syntax`, `dictionary-shape`, and those of rules in their templates. */
export async function readScanDictionaries(request: ScanRequest): Promise<ScanDictionaries> {
  const meta = mergeMetaDictionaries(request.metaDictionaries.map(readMetaDictionary))
  const templates = [
    ...meta.anonymizations.map(([, template]) => template),
    ...meta.functions.flatMap(([, asked]) => asked.flatMap(({ anonymization }) => anonymization ?? [])),
  ]
  for (const template of templates) await checkTemplate(template)
  return {
    meta,
    prepared: mergeSensitiveDictionaries(request.sensitive.map(readSensitiveDictionary)),
    known: readKnownColumns(request.nonSensitive),
    detects: request.builtin ?? request.metaDictionaries.length === 0,
    looksByMeta: request.metaDictionaries.length > 0,
  }
}
