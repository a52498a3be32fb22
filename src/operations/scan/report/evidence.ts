import type { Outcome } from '../../../compile/scan/outcome.ts'
import type { Reason } from '../../../compile/scan/settle-rules.ts'
import type { Evidence } from '../../../detection/judge/evidence.ts'
import type { ReportedColumn, ReportedEvidence } from '../../../dictionary/scan-report.ts'

/** What a report says for an outcome: names and counts, and never a value. */
export function evidenceOf(outcome: Outcome): ReportedEvidence[] {
  switch (outcome.kind) {
    case 'sensitive':
      return ofReason(outcome.reason)
    case 'harmless':
      if (outcome.by === 'report') return outcome.reported.evidence
      if (outcome.by === 'dictionary') return [KNOWN]
      return outcome.hint ? outcome.hint.evidence.map(ofDetection) : []
    case 'not-scanned':
      return [{ kind: 'not-scanned', text: outcome.why }]
    case 'passed-over':
      return []
  }
}

/** By this a later scan tells what a dictionary said from what was seen. */
const KNOWN: ReportedEvidence = { kind: 'dictionary', text: 'a prepared dictionary knows it as harmless' }

/** What the detection made of the column, now or at an earlier scan. */
export function detectionOf(
  outcome: Outcome,
): Pick<ReportedColumn, 'entity' | 'category' | 'confidence'> | undefined {
  if (outcome.kind === 'harmless') return outcome.by === 'report' ? outcome.reported : outcome.hint
  if (outcome.kind !== 'sensitive') return undefined
  if (outcome.reason.kind === 'report') return outcome.reason.reported
  return outcome.reason.kind === 'detection' ? outcome.reason.detection : undefined
}

function ofReason(reason: Reason): ReportedEvidence[] {
  switch (reason.kind) {
    case 'dictionary':
      return [{ kind: 'dictionary', text: 'a prepared dictionary masks it' }]
    case 'name':
      return [{ kind: 'name', text: `the meta-dictionary names it by ${reason.rule}` }]
    case 'function':
      return [{ kind: 'function', text: `${reason.name} says so` }]
    case 'constant':
      return [{ kind: 'constant', text: 'a value holds a constant of the meta-dictionary' }]
    case 'partial-constant':
      return [{ kind: 'constant', text: 'a value holds a partial constant of the meta-dictionary' }]
    case 'regex':
      return [{ kind: 'regex', text: `a value matches ${reason.rule}` }]
    case 'foreign-key':
      return [{ kind: 'foreign-key', text: `it is joined with ${reason.with}` }]
    case 'detection':
      return reason.detection.evidence.map(ofDetection)
    case 'report':
      return reason.reported.evidence
  }
}

function ofDetection(evidence: Evidence): ReportedEvidence {
  return { kind: evidence.kind, text: inWords(evidence) }
}

function inWords(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'name':
      return `its name holds ${evidence.token}${evidence.strength === 'weak' ? ', which may mean it' : ''}`
    case 'values':
      return `${hits(evidence)} have the form of ${evidence.form}`
    case 'checksum':
      return `${hits(evidence)} have the check digits of ${evidence.form}`
    case 'vocabulary':
      return `${hits(evidence)} are made of known ${evidence.words}`
    case 'shape':
      return `${hits(evidence)} have the shape of ${evidence.shape}`
    case 'inside':
      return `${hits(evidence)} hold ${evidence.entity} inside`
    case 'keys':
      return `documents have the key ${evidence.token} (${evidence.entity}) in ${evidence.rows} rows`
    case 'type':
      return `its type is ${evidence.type}`
    case 'empty':
      return 'it holds no values yet'
    case 'context':
      return `its ${evidence.from === 'table' ? "table's name" : evidence.from === 'name' ? 'own name' : 'table'} speaks of a ${evidence.says}`
  }
}

function hits({ hits, of }: { readonly hits: number; readonly of: number }): string {
  return `${hits} of ${of} distinct values`
}
